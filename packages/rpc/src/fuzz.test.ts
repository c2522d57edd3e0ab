import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { decode, encode } from '@hotpath/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Code } from './code.ts';
import { prices, startTarget, type Target } from './fuzz.testing.ts';
import { framed, rawCall } from './raw-call.testing.ts';

const { path, request } = prices.getPricesBatch;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

/** Tries a property on many values; a failure prints the seed and the path to its counterexample. */
function always<T>(of: fc.Arbitrary<T>, holds: (value: T) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(of, holds), { seed: 22, numRuns: 150, interruptAfterTimeLimit: 700 });
}

const message = encode(request, {
  requests: [
    { productId: 1n, currency: 'INR' },
    { productId: 2n ** 63n - 1n, customerSegment: 'vip' },
  ],
});
const good = framed(message);

/** The sizes of the first frames that a body is split into; the last one takes the rest. */
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 });

function split(body: Buffer, into: readonly number[]): Buffer[] {
  const frames: Buffer[] = [];
  let rest = body;
  for (const size of into) {
    frames.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return [...frames, rest].filter(({ length }) => length > 0);
}

test('a good message is answered however it is split into frames', () =>
  always(sizes, async (into) => {
    expect(await target.call({ path, frames: split(good, into) })).toMatchObject({ code: Code.OK });
  }));

/** A valid message, one with some bytes replaced, or any bytes. */
const messages = fc.oneof(
  fc.constant(message),
  fc
    .array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce((bytes, [at, byte]) => bytes.fill(byte, at, at + 1), Buffer.from(message)),
    ),
  fc.uint8Array({ maxLength: 30 }),
);

/** By how much a message's length is misstated. */
const lies = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, -1, 2 ** 31, 2 ** 32 - 100);
const flags = fc.constantFrom(0, 0, 1, 255);

/** Up to three messages, often one; some are cut off anywhere. */
const bodies = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.tuple(messages, lies, flags)),
      fc.array(fc.tuple(messages, lies, flags), { maxLength: 3 }),
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant(1_000) }, { weight: 1, arbitrary: fc.nat(60) }),
  )
  .map(([parts, end]) => {
    const frames = parts.map(([bytes, lie, flag]) => framed(bytes, flag, Math.max(0, bytes.length + lie)));
    return Buffer.concat(frames).subarray(0, end);
  });

/** Whether a body is one whole message; where no encoding is named grpc-js passes over the flag. */
function isOneMessage(body: Buffer): boolean {
  if (body.length < 5 || body.readUInt32BE(1) !== body.length - 5) return false;
  try {
    decode(request, body.subarray(5));
    return true;
  } catch {
    return false;
  }
}

test('a body that is one message is answered, any other is refused', () =>
  always(fc.tuple(bodies, sizes), async ([body, into]) => {
    const { code } = await target.call({ path, frames: split(body, into) });
    if (isOneMessage(body)) expect(code).toBe(Code.OK);
    else expect([Code.RESOURCE_EXHAUSTED, Code.UNIMPLEMENTED, Code.INTERNAL]).toContain(code);
  }));

const timeouts = fc.oneof(
  fc.stringMatching(/^[0-9]{1,8}[HMSmun]$/),
  fc.stringMatching(/^[0-9]{0,9}[HMSmunhs]?$/),
  fc.string({ maxLength: 12 }).map((text) => text.trim()),
);

test('a timeout is malformed and INVALID_ARGUMENT, or gives the time that it says', () =>
  always(timeouts, async (timeout) => {
    const { code } = await target.call({ path, headers: { 'grpc-timeout': timeout }, frames: [good] });
    const [, number, unit] = /^([0-9]{1,8})([HMSmun])$/.exec(timeout) ?? [];
    if (unit === undefined) expect(code).toBe(Code.INVALID_ARGUMENT);
    else if ('HMS'.includes(unit) && Number(number) > 0) expect(code).toBe(Code.OK);
    else expect([Code.OK, Code.DEADLINE_EXCEEDED]).toContain(code);
  }));

const headers = fc.dictionary(
  fc.oneof(
    fc.stringMatching(/^x[a-z0-9!#$&'*+.^_`|~-]{1,20}$/),
    fc.stringMatching(/^x[a-z]{0,3}-bin$/),
    fc.constantFrom('__proto__', 'constructor', 'authorization', 'cookie', 'l5d-client-id'),
    fc.constantFrom('grpc-encoding', 'grpc-message', 'grpc-status', 'grpc-status-details-bin'),
    fc.constantFrom('hotpath-refused-header', 'grpc-accept-encoding', 'grpc-previous-rpc-attempts'),
  ),
  // What HTTP/2 allows: latin-1 without control characters, no space at the ends.
  fc
    .array(fc.integer({ min: 32, max: 255 }), { maxLength: 60 })
    .map((codes) => String.fromCharCode(...codes.filter((code) => code !== 127)).replace(/^ +| +$/g, '')),
  { maxKeys: 12 },
);
const padding = fc.constantFrom(0, 0, 0, 10_000, 16 * 1024, 40_000);

test('any headers of at most 16 KB are taken, larger ones refused, and none is printed', async () => {
  const printed = [vi.spyOn(console, 'error'), vi.spyOn(process.stderr, 'write')];
  await always(fc.tuple(headers, padding), async ([some, length]) => {
    const all = length > 0 ? { ...some, 'x-padding': 'x'.repeat(length) } : some;
    const { code } = await target.call({ path, headers: all, frames: [good] });
    expect(code).toBe(length < 16 * 1024 ? Code.OK : Code.RESOURCE_EXHAUSTED);
  });
  for (const spy of printed) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});

test('a caller may leave after any byte, by any error or none', () =>
  always(fc.tuple(fc.nat(good.length), fc.nat(13), fc.boolean()), async ([length, code, withConnection]) => {
    const session = target.open();
    const { stream, answer } = rawCall(session, { path, frames: [good.subarray(0, length)], end: false });
    await once(stream, 'ready');
    if (withConnection) session.destroy();
    else stream.close(code);
    await answer;
    session.destroy();
    await target.alive();
  }));

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** An empty frame SETTINGS. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

test('bytes that are no HTTP/2 harm nobody', () => {
  const [host, port] = target.address.split(':') as [string, string];
  const starts = fc.constantFrom(Buffer.alloc(0), PREFACE, Buffer.concat([PREFACE, SETTINGS]));
  return always(fc.tuple(starts, fc.uint8Array({ maxLength: 100 })), async ([start, bytes]) => {
    const socket = connectTcp(Number(port), host).on('error', () => {});
    socket.end(Buffer.concat([start, bytes]));
    socket.resume();
    await once(socket, 'close');
    await target.alive();
  });
});
