import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { encode, PriceResponse } from '@hotpath/contracts';
import { idOf, stored, toJson, toMessage } from '../data.ts';
import { peerOf, sideBySide } from '../peers/index.ts';
import { workloads } from './pair.ts';
import type { Figures, Suite } from './suite.ts';

/** Calls whose bytes are counted. */
const CALLS = 200;

/** A price as a body alone, by its format. */
const bodies: Readonly<Record<string, (id: number) => number>> = {
  JSON: (id) => Buffer.byteLength(JSON.stringify(toJson(stored(id)))),
  protobuf: (id) => encode(PriceResponse, toMessage(stored(id))).length,
};

/** What goes over the wire, both ways: requests, answers, and all that HTTP adds; TCP's and IP's headers not counted. */
export const payload: Suite = {
  about: 'Bytes between client and server of a call, both ways, above TCP.',
  samples: 1,
  async open() {
    const calls = Object.keys(workloads).flatMap((workload) =>
      sideBySide.map((peer) => ({ case: workload, peer, server: { delayMs: 0 }, args: { workload } })),
    );
    return { trials: [...calls, ...Object.keys(bodies).map((peer) => ({ case: 'body of a price', peer }))] };
  },
  async job({ peer, address, args }): Promise<Figures> {
    const body = bodies[peer];
    if (body) {
      const sizes = Array.from({ length: CALLS }, (_, number) => body(idOf(number)));
      return { '': { unit: 'bytes', value: sizes.reduce((sum, size) => sum + size) / CALLS } };
    }
    const wire = await countBytes(address);
    const call = workloads[args.workload as string]?.(await (await peerOf(peer)).connect(wire.address));
    if (!call) throw new Error(`there is no workload ${args.workload}`);
    await call(0);
    const first = wire.bytes();
    for (let number = 1; number <= CALLS; number++) await call(number);
    return {
      '': { unit: 'bytes', value: (wire.bytes() - first) / CALLS },
      'first call': { unit: 'bytes', value: first },
    };
  },
};

/** A way to the same server that counts what passes. */
async function countBytes(address: string) {
  const [host, port] = address.split(':');
  let bytes = 0;
  const proxy = createServer((near) => {
    const far = connect(Number(port), host);
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      from.on('data', (chunk) => {
        bytes += chunk.length;
      });
      from.pipe(to);
      from.on('error', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return { address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, bytes: () => bytes };
}
