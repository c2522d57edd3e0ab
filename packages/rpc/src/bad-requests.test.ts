import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { encode } from '@hotpath/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Code } from './code.ts';
import { getSegment, prices, startTarget, type Target } from './fuzz.testing.ts';
import { framed, type RawCallInit, rawCall } from './raw-call.testing.ts';

const { OK, INVALID_ARGUMENT, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL } = Code;
const { getPricesBatch, setPrice, startSale, watchPrice, importPrices, quoteCart } = prices;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

const message = encode(getPricesBatch.request, { requests: [{ productId: 1n, currency: 'INR' }] });
const compressed = gzipSync(message);
const good = framed(message);
const cutOff = good.subarray(0, -1);
const empty = framed(Buffer.alloc(0));
const noMessage = framed(Buffer.from([8]));
const gzip = { 'grpc-encoding': 'gzip' };
const large = { 'x-large': 'x'.repeat(16 * 1024) };
const health = '/grpc.health.v1.Health/Check';

test.each<[Code, string, Partial<RawCallInit>]>([
  [OK, 'a good message', { frames: [good] }],
  [OK, 'a compressed message', { headers: gzip, frames: [framed(compressed, 1)] }],
  // gRPC wants INTERNAL here. grpc-js takes the message as it is; nothing above it sees the flag.
  [OK, 'a message "compressed" without an encoding', { frames: [framed(message, 1)] }],

  [INTERNAL, 'gzip garbage', { headers: gzip, frames: [framed(message, 1)] }],
  [INTERNAL, 'gzip cut off', { headers: gzip, frames: [framed(compressed.subarray(0, -9), 1)] }],
  [RESOURCE_EXHAUSTED, '50 MB in 50 KB', { headers: gzip, frames: [framed(gzipSync(Buffer.alloc(5e7)), 1)] }],
  [UNIMPLEMENTED, 'an unknown encoding', { headers: { 'grpc-encoding': 'x' }, frames: [framed(message, 1)] }],

  [RESOURCE_EXHAUSTED, 'a length of 4 GB', { frames: [framed(message, 0, 2 ** 32 - 1)], end: false }],
  [RESOURCE_EXHAUSTED, 'a message of 5 MB', { frames: [framed(Buffer.alloc(5e6))] }],
  [UNIMPLEMENTED, 'no message', {}],
  [UNIMPLEMENTED, 'a message cut off', { frames: [cutOff] }],
  [UNIMPLEMENTED, "a message's length cut off", { frames: [good.subarray(0, 3)] }],
  [UNIMPLEMENTED, 'two messages', { frames: [good, good] }],
  [INTERNAL, 'a message and one cut off', { frames: [good, cutOff] }],
  [UNIMPLEMENTED, 'two messages that ask for a stream', { path: watchPrice.path, frames: [empty, empty] }],
  [INTERNAL, 'a message and one cut off, for a stream', { path: watchPrice.path, frames: [empty, cutOff] }],
  [INTERNAL, 'a stream whose last message is cut off', { path: importPrices.path, frames: [empty, cutOff] }],
  [DEADLINE_EXCEEDED, 'a body that never comes', { path: getSegment.path, end: false }],
  [
    DEADLINE_EXCEEDED,
    'one that never ends',
    { headers: { 'grpc-timeout': '50m' }, frames: [good], end: false },
  ],

  // As gRPC's table of status codes has it: "Error parsing request proto".
  [INTERNAL, 'bytes that are no message', { frames: [noMessage] }],
  [
    INTERNAL,
    'a stream with bytes that are no message',
    { path: importPrices.path, frames: [empty, noMessage] },
  ],
  [INTERNAL, 'a handler that throws', { path: setPrice.path, frames: [empty] }],

  [UNIMPLEMENTED, 'an unknown method', { path: `${getSegment.path}s`, frames: [good] }],
  [UNIMPLEMENTED, 'an unknown service', { path: '/x.Y/Z', frames: [good] }],
  [INVALID_ARGUMENT, 'a malformed timeout', { headers: { 'grpc-timeout': '5' }, frames: [good] }],
  [RESOURCE_EXHAUSTED, 'headers over 16 KB', { headers: large, frames: [good] }],
  [RESOURCE_EXHAUSTED, 'such for the health service', { path: health, headers: large, frames: [empty] }],
])('%i: %s', async (code, _name, init) => {
  expect(await target.call({ path: getPricesBatch.path, ...init })).toMatchObject({ code });
});

test.each(['application/json', 'text/plain', undefined])('content-type %s is HTTP 415', async (type) => {
  const init = { path: getSegment.path, headers: { 'content-type': type }, frames: [good] };
  expect(await target.call(init)).toMatchObject({ httpStatus: 415, code: undefined });
});

const waitingKinds: [string, Buffer, boolean][] = [
  [startSale.path, empty, true],
  [watchPrice.path, empty, true],
  [importPrices.path, framed(encode(importPrices.request, { requestId: 'wait' })), false],
  [quoteCart.path, empty, false],
];
const departures: [string, (stream: ClientHttp2Stream, session: ClientHttp2Session) => void][] = [
  ['RST_STREAM', (stream) => stream.close(constants.NGHTTP2_CANCEL)],
  ['RST_STREAM without an error', (stream) => stream.close(constants.NGHTTP2_NO_ERROR)],
  ['GOAWAY with an error', (_stream, session) => session.goaway(constants.NGHTTP2_INTERNAL_ERROR)],
  ['the end of its connection', (_stream, session) => session.destroy()],
];

test.each(departures.flatMap(([name, leave]) => waitingKinds.map((kind) => [name, ...kind, leave] as const)))(
  'a caller leaves by %s in the middle of %s: the signal aborts',
  async (_name, path, frame, end, leave) => {
    const session = target.open();
    const started = once(target.waiting, 'started');
    const left = once(target.waiting, 'left');
    const { stream, answer } = rawCall(session, { path, frames: [frame], end });
    await started;
    leave(stream, session);
    expect(await left).toEqual([Code.CANCELLED]);
    await answer;
    session.destroy();
    await target.alive();
  },
);

test('GOAWAY without an error lets a call in flight finish', async () => {
  const session = target.open();
  const started = once(target.waiting, 'started');
  const { path } = startSale;
  const { answer } = rawCall(session, { path, headers: { 'grpc-timeout': '100m' }, frames: [empty] });
  await started;
  session.goaway(constants.NGHTTP2_NO_ERROR);
  expect(await answer).toMatchObject({ code: DEADLINE_EXCEEDED });
  session.destroy();
  await target.alive();
});
