import { type ClientHttp2Session, connect } from 'node:http2';
import { decode, encode, fromMinor, PriceRequest, PriceUpdate, PricingService } from '@hotpath/contracts';
import { createClient, openChannel } from '@hotpath/rpc';
import { WrongAnswer } from './check.ts';

/** How many streams share a connection; servers take 1,000. */
const STREAMS = 500;

/**
 * Many clients of WatchPrice in one process: gRPC on HTTP/2 as it is, with nothing around a stream that would cost more
 * here than on the server that is measured.
 */
export type Watchers = {
  /** Opens so many more; returns when each has its snapshot. */
  open(count: number): Promise<void>;
  /** Resolves when all have got an update of that base price. Rejects where one gets another, or its stream ends. */
  all(basePrice: number): Promise<void>;
  close(): void;
};

/** Watchers of one product. */
export function openWatchers(address: string, productId: number): Watchers {
  const request = frame(encode(PriceRequest, { productId: BigInt(productId), currency: 'INR' }));
  const sessions: ClientHttp2Session[] = [];
  let watching = 0;
  let closed = false;
  let waiting: { basePrice: number; left: number; resolve(): void; reject(error: Error): void } | undefined;

  const fail = (error: Error) => {
    if (closed) return;
    if (!waiting) throw error;
    waiting.reject(error);
  };
  const take = (update: PriceUpdate) => {
    const { basePrice, reason } = update;
    if (
      Number(update.productId) !== productId ||
      basePrice !== waiting?.basePrice ||
      reason !== 'price_changed'
    ) {
      return fail(new WrongAnswer(`a watcher of ${waiting?.basePrice} was told ${basePrice}, ${reason}`));
    }
    if (--waiting.left > 0) return;
    waiting.resolve();
    waiting = undefined; // a stream that ends between two changes fails whoever measures, not a wait that is over
  };

  /** Opens one; resolves with its snapshot. */
  const openOne = () => {
    if (watching % STREAMS === 0) sessions.push(connect(`http://${address}`));
    watching++;
    const session = sessions.at(-1) as ClientHttp2Session;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let isFirst = true;
    const stream = session.request({
      ':method': 'POST',
      ':path': PricingService.methods.watchPrice.path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const read = reader((bytes) => {
      const update = decode(PriceUpdate, bytes);
      if (!isFirst) return take(update);
      isFirst = false;
      if (update.reason === 'snapshot') resolve();
      else reject(new Error(`a watcher was first told ${update.reason}`));
    });
    stream.on('data', read);
    const ended = (how: unknown) => {
      const error = new Error(`a watcher's stream ended: ${JSON.stringify(how)}`);
      if (isFirst) reject(error);
      else fail(error);
    };
    stream.on('trailers', ended);
    stream.on('close', () => ended('its connection ended'));
    stream.on('error', (error) => ended(error.message));
    stream.end(request);
    return promise;
  };

  return {
    async open(count) {
      // As many at a time as a server opens within the time for a first message.
      for (let left = count; left > 0; left -= 50) {
        await Promise.all(Array.from({ length: Math.min(50, left) }, openOne));
      }
    },
    all(basePrice) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting = { basePrice, left: watching, resolve, reject };
      return promise;
    },
    close() {
      closed = true;
      for (const session of sessions.splice(0)) session.destroy();
      watching = 0;
    },
  };
}

/**
 * Changes the price that all watch, each time to another, over a channel of its own.
 * @returns makes one change, and tells how long until all watchers had it, ms
 */
export function openChanges(address: string, productId: number): (watchers: Watchers) => Promise<number> {
  const { setPrice } = createClient(PricingService, openChannel(address));
  let minorUnits = 1000n;
  return async (watchers) => {
    minorUnits++;
    const startedAt = performance.now();
    const told = watchers.all(fromMinor(minorUnits, 'INR')).then(() => performance.now() - startedAt);
    const price = { minorUnits, currency: 'INR' };
    const stored = setPrice({ requestId: `change ${minorUnits}`, productId: BigInt(productId), price });
    const [ms] = await Promise.all([told, stored]);
    return ms;
  };
}

/** A message as gRPC sends it: not compressed, its length before it. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Cuts what comes into messages again. */
function reader(onMessage: (bytes: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (bytes.length >= 5) {
      const end = 5 + bytes.readUInt32BE(1);
      if (bytes.length < end) break;
      onMessage(bytes.subarray(5, end));
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  };
}
