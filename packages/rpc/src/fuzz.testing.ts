import { EventEmitter, once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { encode, PricingService, UserService } from '@hotpath/contracts';
import { workAfterEnd } from '@hotpath/telemetry';
import { expect } from 'vitest';
import type { Call } from './call.ts';
import { Code } from './code.ts';
import { implement } from './implement.ts';
import { framed, type RawAnswer, type RawCallInit, rawCall } from './raw-call.testing.ts';
import { startServer } from './start-server.ts';

const { getPricesBatch, setPrice, startSale, watchPrice, importPrices, quoteCart } = PricingService.methods;
export const { getSegment } = UserService.methods;
export const prices = { getPricesBatch, setPrice, startSale, watchPrice, importPrices, quoteCart };

/** Everything an INTERNAL answer may say: nothing of what was thrown. */
const harmless =
  /^(internal error, id [0-9a-f-]{36}|Error deserializing request|Failed to decompress message|the request ends in the middle of a message)$/;

/** A server to send bad requests to. */
export type Target = {
  /** `host:port`. */
  readonly address: string;
  /** A connection of its own. */
  open(): ClientHttp2Session;
  /** Makes a call on a shared connection, which must carry a good call afterwards. */
  call(init: RawCallInit): Promise<RawAnswer>;
  /** Makes a good call on the shared connection. */
  alive(): Promise<void>;
  /**
   * Of the handlers that wait (of StartSale, WatchPrice, QuoteCart, and of ImportPrices on the request_id "wait"):
   * `started`, and `left` with the code for which the call ended.
   */
  readonly waiting: EventEmitter;
  /** Expects that nothing crashed and nobody works on. */
  close(): Promise<void>;
};

export async function startTarget(): Promise<Target> {
  const crashes: unknown[] = [];
  const crashed = (error: unknown) => crashes.push(error);
  process.on('unhandledRejection', crashed);
  process.on('uncaughtException', crashed);

  const waiting = new EventEmitter();
  const server = await startServer(implementations(waiting));
  const open = () => connect(`http://${server.address}`).on('error', () => {});
  const session = open();
  const good = { path: getSegment.path, frames: [framed(encode(getSegment.request, { userId: 1n }))] };
  const alive = async () => expect(await rawCall(session, good).answer).toMatchObject({ code: Code.OK });

  return {
    address: server.address,
    open,
    async call(init) {
      const answer = await rawCall(session, init).answer;
      if (answer.code === Code.INTERNAL) expect(answer.message).toMatch(harmless);
      await alive();
      return answer;
    },
    alive,
    waiting,
    async close() {
      session.close();
      await server.close();
      process.off('unhandledRejection', crashed);
      process.off('uncaughtException', crashed);
      expect(crashes).toEqual([]);
      expect((await workAfterEnd.get()).values.filter(({ value }) => value !== 0)).toEqual([]);
    },
  };
}

function implementations(waiting: EventEmitter) {
  async function untilEnd({ signal }: Call): Promise<never> {
    const end = once(signal, 'abort');
    waiting.emit('started');
    await end;
    waiting.emit('left', signal.reason.code);
    throw signal.reason;
  }
  return [
    implement({ ...UserService, methods: { getSegment } }, { getSegment: () => ({ segment: 'standard' }) }),
    implement(
      { ...PricingService, methods: prices },
      {
        getPricesBatch: ({ requests }) =>
          getPricesBatch.response.create({
            prices: requests.map(({ productId, currency }) => ({ productId, currency })),
          }),
        setPrice() {
          throw new Error('select password from users');
        },
        startSale: (_request, call) => untilEnd(call),
        async *watchPrice(_request, call) {
          yield await untilEnd(call);
        },
        async importPrices(requests, call) {
          for await (const { requestId } of requests) if (requestId === 'wait') await untilEnd(call);
          return importPrices.response.create({});
        },
        async *quoteCart(_requests, call) {
          yield await untilEnd(call);
        },
      },
    ),
  ];
}
