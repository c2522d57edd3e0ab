import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { encode, GetSegmentRequest, UserService } from '@hotpath/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Code } from './code.ts';
import { parseTimeout } from './grpc-timeout.ts';
import { implementPart } from './implement.ts';
import { framed, rawCall } from './raw-call.testing.ts';
import { startServer } from './start-server.ts';

let remaining: number | undefined;
let server: Awaited<ReturnType<typeof startServer>>;
let session: ClientHttp2Session;

beforeAll(async () => {
  server = await startServer([
    implementPart(UserService, {
      getSegment(_request, call) {
        remaining = call.remaining();
        return { segment: 'standard' };
      },
    }),
  ]);
  session = connect(`http://${server.address}`);
});
afterAll(async () => {
  session.close();
  await server.close();
});

/** Calls GetSegment with any text as its timeout. @returns the status code. */
async function callWithTimeout(timeout: string, more: OutgoingHttpHeaders = {}): Promise<number | undefined> {
  const { code } = await rawCall(session, {
    path: UserService.methods.getSegment.path,
    headers: { 'grpc-timeout': timeout, ...more },
    frames: [framed(encode(GetSegmentRequest, { userId: 1n }))],
  }).answer;
  return code;
}

test.each([
  '',
  'S',
  '5',
  'abc5S',
  'abc5Sdef',
  '-5S',
  '+5S',
  '5 S',
  '5s',
  '5.5S',
  '1e3S',
  '0x5S',
  '123456789S',
  '٥S',
])('a malformed grpc-timeout %j is INVALID_ARGUMENT', async (timeout) => {
  remaining = undefined;
  // The last is no latin-1: Node's own client cannot send it.
  if (timeout === '٥S') return expect(parseTimeout(timeout)).toBeUndefined();
  expect(await callWithTimeout(timeout)).toBe(Code.INVALID_ARGUMENT);
  expect(remaining).toBeUndefined();
});

test.each(['5S', '2592000S', '99999999H', '99999999S', '5000000u', '99999999n', '00000005S'])(
  'a valid grpc-timeout %j never expires at once and never exceeds the budget',
  async (timeout) => {
    remaining = undefined;
    expect(await callWithTimeout(timeout)).toBe(Code.OK);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(500);
  },
);

test('0 left on arrival: the handler does not start', async () => {
  remaining = undefined;
  expect(await callWithTimeout('0m')).toBe(Code.DEADLINE_EXCEEDED);
  expect(remaining).toBeUndefined();
});

test('a caller cannot set the mark of a refused header', async () => {
  expect(await callWithTimeout('5S', { 'hotpath-refused-header': 'grpc-timeout' })).toBe(Code.OK);
});

test('units, and a day at most: grpc-js would overflow into an instant expiry', () => {
  expect(['1H', '1M', '1S', '1m', '1000u', '1000000n'].map(parseTimeout)).toEqual([
    3_600_000, 60_000, 1000, 1, 1, 1,
  ]);
  expect(['25H', '99999999H', '99999999S'].map(parseTimeout)).toEqual([86_400_000, 86_400_000, 86_400_000]);
});
