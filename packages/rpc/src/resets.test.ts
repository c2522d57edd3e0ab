import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserService } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';
import { implementPart } from './implement.ts';
import { startServer } from './start-server.ts';

test('a connection survives that thousands of its calls run out of time', async () => {
  const server = await startServer([
    implementPart(UserService, {
      getSegment: (_request, call) => sleep(10_000, { segment: 'vip' }, { signal: call.signal }),
    }),
  ]);
  const channel = openChannel(server.address);
  const client = createClient(UserService, channel);
  const codes = new Map<Code, number>();
  for (let sent = 0; sent < 2_000; sent += 100) {
    const batch = Array.from({ length: 100 }, () => client.getSegment({}, { timeoutMs: 10 }));
    for (const result of await Promise.allSettled(batch)) {
      const code = result.status === 'rejected' ? result.reason.code : Code.OK;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  // By INTERNAL end the calls of a connection that the server has closed.
  expect(codes.get(Code.INTERNAL)).toBeUndefined();
  expect(codes.get(Code.DEADLINE_EXCEEDED)).toBeGreaterThan(1_500);
  channel.close();
  await server.close();
});

test('a connection survives that more streams come at once than are taken, each reset at once', async () => {
  const server = await startServer([implementPart(UserService, { getSegment: () => ({ segment: 'vip' }) })]);
  const socket = connect(Number(server.address.split(':')[1]), '127.0.0.1');
  const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const literal = (index: number[], ...texts: string[]) =>
    Buffer.concat([
      Buffer.from(index),
      ...texts.map((text) => Buffer.from([text.length, ...Buffer.from(text)])),
    ]);
  // HPACK: POST, http, and four fields that the table then has as 65 to 62.
  const first = Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal([0x44], UserService.methods.getSegment.path),
    literal([0x41], 'test'),
    literal([0x5f], 'application/grpc'),
    literal([0x40], 'te', 'trailers'),
  ]);
  const next = Buffer.from([0x83, 0x86, 0xc1, 0xc0, 0xbf, 0xbe]);
  const cancel = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
  // As after a pause of the server: what was opened and given up meanwhile comes in one piece.
  const streams = Array.from({ length: 2_500 }, (_, i) => 2 * i + 1);
  const settings = (flags: number) => frame(4, flags, 0, Buffer.alloc(0));
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings(0)]));
  await once(socket, 'readable'); // the server's settings, which bind it once they are acknowledged
  socket.write(
    Buffer.concat([
      settings(1),
      ...streams.flatMap((id) => [frame(1, 4, id, id === 1 ? first : next), frame(3, 0, id, cancel)]),
      frame(6, 0, 0, Buffer.from('survived')),
    ]),
  );
  let answered = Buffer.alloc(0);
  for await (const bytes of socket) {
    answered = Buffer.concat([answered, bytes]);
    if (answered.includes('survived')) break;
  }
  expect(answered.includes('survived')).toBe(true);
  await server.close();
});
