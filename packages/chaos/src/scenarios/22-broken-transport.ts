import { constants } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeName, createClient, openChannel, type RpcError } from '@hotpath/rpc';
import { type Failure, goAway, reset, startFaultyServer } from '../faulty-server.ts';
import { Chain } from '../generated/index.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';
import { type Meddler, passOn, type Sender, startTcpProxy } from '../tcp-proxy.ts';

const CALLS = 20;
const BUDGET_MS = 400;

/** Codes by which a call may end, any where none is named, and the failure that ends it. */
type Case = { readonly codes?: readonly string[] } & (
  | { readonly fail: Failure }
  | { readonly meddler: () => Meddler }
);

const resets: Readonly<Record<string, string>> = {
  NO_ERROR: 'INTERNAL',
  PROTOCOL_ERROR: 'INTERNAL',
  INTERNAL_ERROR: 'INTERNAL',
  FLOW_CONTROL_ERROR: 'INTERNAL',
  FRAME_SIZE_ERROR: 'INTERNAL',
  REFUSED_STREAM: 'UNAVAILABLE',
  CANCEL: 'CANCELLED',
  COMPRESSION_ERROR: 'INTERNAL',
  CONNECT_ERROR: 'INTERNAL',
  ENHANCE_YOUR_CALM: 'RESOURCE_EXHAUSTED',
  INADEQUATE_SECURITY: 'PERMISSION_DENIED',
};

/** Longest exchange of a connection's first calls, bytes: cuts fall within it. */
const EXCHANGE = 400;

/** Resets the connection after a random number of the sender's bytes. */
const cutAfter = (sender: Sender) => (): Meddler => {
  let left = Math.floor(Math.random() * EXCHANGE);
  return (bytes, from, cut) => {
    if (from !== sender) return bytes;
    const passed = bytes.subarray(0, left);
    left -= bytes.length;
    if (left < 0) setImmediate(cut);
    return passed;
  };
};

/** Takes up to 20 of the sender's bytes out at a random place. */
const cutOut = (sender: Sender) => (): Meddler => {
  let until = Math.floor(Math.random() * EXCHANGE);
  const length = 1 + Math.floor(Math.random() * 20);
  return (bytes, from) => {
    if (from !== sender) return bytes;
    const at = until;
    until -= bytes.length;
    if (at < 0 || at >= bytes.length) return bytes;
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
  };
};

const http2Code = (name: string) => constants[`NGHTTP2_${name}` as 'NGHTTP2_NO_ERROR'];

const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    Object.entries(resets).map(([name, code]) => [
      `RST_STREAM ${name}`,
      { codes: [code], fail: reset(http2Code(name)) },
    ]),
  ),
  'GOAWAY NO_ERROR': { codes: ['UNAVAILABLE'], fail: goAway(http2Code('NO_ERROR')) },
  'GOAWAY ENHANCE_YOUR_CALM': {
    codes: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
    fail: goAway(http2Code('ENHANCE_YOUR_CALM')),
  },
  'connection cut in the response': { codes: ['OK', 'UNAVAILABLE'], meddler: cutAfter('server') },
  'connection cut in the request': { codes: ['OK', 'UNAVAILABLE'], meddler: cutAfter('client') },
  // What the missing bytes were decides what the peer makes of the others; in any case it must be in time.
  'bytes cut out of the response': { meddler: cutOut('server') },
  'bytes cut out of the request': { meddler: cutOut('client') },
};

/** Whatever happens to a connection, its calls end by the code that says so, and nothing else ends. */
export const brokenTransport: Scenario = {
  number: 22,
  name: 'streams reset, servers gone, bytes cut',
  where: ['local'],
  fast: true,
  given: 'middle -> TCP proxy -> leaf',
  load: `${CALLS} calls per kind of failure; a call has ${BUDGET_MS} ms`,
  fault: 'RST_STREAM of every code, GOAWAY, connections and bytes cut at random',
  holds: 'each call ends by its right code, in time; no process crashes; afterwards all is well',
  defence: 'what a handler throws becomes a status; without: grpc-js alone, and it ends the process',
  async run(trial) {
    const leaf = await trial.start('node');
    const faulty = await startFaultyServer();
    const proxy = await startTcpProxy(leaf.address);
    trial.onClose(() => faulty.close());
    trial.onClose(() => proxy.close());
    const middle = await trial.start(trial.defended ? 'node' : 'bare', { CHAIN_NEXT: proxy.address });
    const channel = openChannel(middle.address);
    trial.onClose(() => channel.close());
    const client = createClient(Chain, channel);
    const work = (id: string) =>
      client.work({ id }).then(
        () => 'OK',
        ({ code }: RpcError) => codeName(code),
      );
    /** Calls until one passes: connections are made anew. */
    const healthy = async () => {
      for (const until = performance.now() + 3_000; performance.now() < until; await sleep(20)) {
        if ((await work('health')) === 'OK') return true;
      }
      return false;
    };
    trial.phase('healthy');
    if (!(await healthy())) throw new Error('no call passes before anything is done');

    trial.phase('fault');
    const wrong: string[] = [];
    let hit = 0;
    let slowest = 0;
    let healed = 0;
    for (const [name, { codes, ...failure }] of Object.entries(cases)) {
      if (!middle.alive()) break;
      if ('fail' in failure) {
        faulty.fail = failure.fail;
        proxy.target = faulty.address;
      } else proxy.meddler = failure.meddler;
      for (let number = 0; number < CALLS; number++) {
        if (number % 4 === 0) proxy.cutAll(); // anew, with bytes of its own to lose
        const sentAt = performance.now();
        const code = await work(`${name} ${number}`);
        slowest = Math.max(slowest, performance.now() - sentAt);
        if (codes && !codes.includes(code)) wrong.push(`${name}: ${code}`);
        if (code !== 'OK') hit++;
      }
      proxy.target = leaf.address;
      proxy.meddler = passOn;
      proxy.cutAll();
      if (await healthy()) healed++;
    }
    trial.phase('healed');
    const [first] = wrong;
    const kinds = Object.keys(cases).length;
    return [
      atMost('calls that end by a wrong code', wrong.length, 0, first && `(${first})`),
      atMost('slowest call', slowest, BUDGET_MS + 100, 'ms'),
      atMost('processes that crashed', [leaf, middle].filter((process) => !process.alive()).length, 0),
      atLeast('kinds of failure after which all is well', healed, kinds),
      atLeast('calls that were hit', hit, CALLS * Object.keys(resets).length),
    ];
  },
};
