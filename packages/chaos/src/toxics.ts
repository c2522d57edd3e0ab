import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What is wrong with a way, in the words of toxiproxy.
 * Source: https://github.com/Shopify/toxiproxy#toxics
 */
export type Toxic =
  /** All bytes come later, give or take the jitter, in their order. */
  | { readonly type: 'latency'; readonly latencyMs: number; readonly jitterMs?: number }
  /** No more than so many bytes a second pass. */
  | { readonly type: 'bandwidth'; readonly bytesPerSecond: number }
  /** Nothing passes and nobody is told, as in a black hole; afterwards all comes, as TCP would send it again. */
  | { readonly type: 'timeout' }
  /** Each connection is reset, those that there are and new ones, after a time. */
  | { readonly type: 'reset_peer'; readonly afterMs: number }
  /** Bytes come in small pieces, with a pause after each. */
  | { readonly type: 'slicer'; readonly bytes: number; readonly delayMs: number };

/** What one way of a connection suffers now. */
export type Toxics = {
  /** The first of a type. */
  find<T extends Toxic['type']>(type: T): Extract<Toxic, { type: T }> | undefined;
  /** Resolves when no black hole is on the way any more; at once where there is none. */
  open(): Promise<void>;
};

/** How much may wait on the way before the sender is no longer read, bytes. */
const MOST_WAITING = 1_048_576;

/** Passes a socket's bytes and its end on to another, through toxics. `meddle` may change or drop them first. */
export function passOn(from: Socket, to: Socket, toxics: Toxics, meddle: (bytes: Buffer) => Buffer): void {
  const queue: { readonly bytes: Buffer; readonly arrivedAt: number }[] = [];
  let waiting = 0;
  let ended = false;
  let passing = false;

  from.on('data', (bytes: Buffer) => {
    const passed = meddle(bytes);
    if (passed.length === 0) return;
    queue.push({ bytes: passed, arrivedAt: performance.now() });
    waiting += passed.length;
    if (waiting > MOST_WAITING) from.pause();
    void pass();
  });
  from.on('end', () => {
    ended = true;
    void pass();
  });

  async function pass(): Promise<void> {
    if (passing) return;
    passing = true;
    for (let next = queue.shift(); next; next = queue.shift()) {
      await toxics.open();
      await later(next.arrivedAt);
      // What lay in the queue when a black hole began is lost in it too, until it ends.
      await toxics.open();
      for (const piece of piecesOf(next.bytes)) await write(piece);
      waiting -= next.bytes.length;
      if (waiting <= MOST_WAITING) from.resume();
    }
    passing = false;
    if (!ended) return;
    await toxics.open();
    to.end();
  }

  async function later(arrivedAt: number): Promise<void> {
    const { latencyMs, jitterMs = 0 } = toxics.find('latency') ?? { latencyMs: 0 };
    const left = arrivedAt + latencyMs + (2 * Math.random() - 1) * jitterMs - performance.now();
    if (left > 0) await sleep(left);
  }

  function piecesOf(bytes: Buffer): Buffer[] {
    // A tenth of a second at a time, so that a slow way is slow from its first bytes on.
    const perSecond = toxics.find('bandwidth')?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
    const most = Math.min(toxics.find('slicer')?.bytes ?? bytes.length, Math.max(1, perSecond / 10));
    const length = Math.max(1, Math.floor(most));
    return Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
      bytes.subarray(i * length, (i + 1) * length),
    );
  }

  async function write(piece: Buffer): Promise<void> {
    if (!to.writable) return;
    if (!to.write(piece)) await new Promise<void>((resolve) => whenWritable(to, resolve));
    const { bytesPerSecond = Number.POSITIVE_INFINITY } = toxics.find('bandwidth') ?? {};
    const pauseMs = (piece.length * 1_000) / bytesPerSecond + (toxics.find('slicer')?.delayMs ?? 0);
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

/** Calls back once when a socket takes more, or never will. */
function whenWritable(socket: Socket, done: () => void): void {
  const settle = () => {
    socket.off('drain', settle).off('close', settle);
    done();
  };
  socket.on('drain', settle).on('close', settle);
}
