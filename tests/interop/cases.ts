import assert from 'node:assert/strict';
import { type CallOptions, type Client, Code, Metadata, RpcError } from '@hotpath/rpc';
import type { Payload, TestService, UnimplementedService } from './generated/index.ts';
import { ECHO_INITIAL, ECHO_TRAILING } from './test-service.ts';

/** A server's services, on a channel of their own. */
export type Target = {
  readonly test: Client<typeof TestService>;
  readonly unimplemented: Client<typeof UnimplementedService>;
  close(): void;
};

const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];
const zeros = (size: number) => ({ body: new Uint8Array(size) });

/**
 * The cases as the kit's client runs them, by name; each rejects if it fails. `open` gives another channel.
 * Source: https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md
 */
export const cases: Readonly<Record<string, (target: Target, open: () => Target) => Promise<void>>> = {
  async empty_unary({ test }) {
    assert.deepEqual(await test.emptyCall({}), {});
  },

  async large_unary({ test }) {
    await largeUnary(test);
  },

  async client_streaming({ test }) {
    const { aggregatedPayloadSize } = await test.streamingInputCall(
      stream(requestSizes.map((size) => ({ payload: zeros(size) }))),
    );
    assert.equal(aggregatedPayloadSize, 74922);
  },

  async server_streaming({ test }) {
    const responseParameters = responseSizes.map((size) => ({ size }));
    const responses = await collect(test.streamingOutputCall({ responseParameters }));
    assert.equal(responses.length, responseSizes.length);
    for (const [index, { payload }] of responses.entries()) assertZeros(payload, responseSizes[index]);
  },

  async ping_pong({ test }) {
    let answered = Promise.withResolvers<void>();
    async function* pings() {
      for (const [index, size] of requestSizes.entries()) {
        answered = Promise.withResolvers();
        yield { responseParameters: [{ size: responseSizes[index] }], payload: zeros(size) };
        await answered.promise;
      }
    }
    let count = 0;
    for await (const { payload } of test.fullDuplexCall(pings())) {
      assertZeros(payload, responseSizes[count]);
      count += 1;
      answered.resolve();
    }
    assert.equal(count, responseSizes.length);
  },

  async empty_stream({ test }) {
    assert.deepEqual(await collect(test.fullDuplexCall(stream([]))), []);
  },

  async cancel_after_begin({ test }) {
    await test.emptyCall({}); // Once connected, a call's headers go at once.
    const giveUp = new AbortController();
    async function* requests() {
      await new Promise(setImmediate);
      giveUp.abort();
      yield* untilAborted(giveUp.signal);
    }
    const error = await failure(test.streamingInputCall(requests(), { signal: giveUp.signal }));
    assert.equal(error.code, Code.CANCELLED);
  },

  async cancel_after_first_response({ test }) {
    const giveUp = new AbortController();
    async function* requests() {
      yield { responseParameters: [{ size: 31415 }], payload: zeros(27182) };
      yield* untilAborted(giveUp.signal);
    }
    let count = 0;
    const read = async () => {
      for await (const { payload } of test.fullDuplexCall(requests(), { signal: giveUp.signal })) {
        assertZeros(payload, 31415);
        count += 1;
        giveUp.abort();
      }
    };
    assert.equal((await failure(read())).code, Code.CANCELLED);
    assert.equal(count, 1);
  },

  async timeout_on_sleeping_server({ test }) {
    const done = new AbortController();
    async function* requests() {
      yield { payload: zeros(27182) };
      yield* untilAborted(done.signal);
    }
    const error = await failure(collect(test.fullDuplexCall(requests(), { timeoutMs: 1 })));
    done.abort();
    assert.equal(error.code, Code.DEADLINE_EXCEEDED);
  },

  async status_code_and_message({ test }) {
    await assertStatus(test, 'test status message');
    const responseStatus = { code: Code.UNKNOWN, message: 'test status message' };
    const error = await failure(collect(test.fullDuplexCall(stream([{ responseStatus }]))));
    assert.deepEqual([error.code, error.message], [Code.UNKNOWN, 'test status message']);
  },

  async special_status_message({ test }) {
    await assertStatus(test, '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n');
  },

  async custom_metadata({ test }) {
    await assertEcho(async (options) => {
      const { payload } = await test.unaryCall({ responseSize: 314159, payload: zeros(271828) }, options);
      assertZeros(payload, 314159);
    });
    await assertEcho(async (options) => {
      const requests = stream([{ responseParameters: [{ size: 314159 }], payload: zeros(271828) }]);
      const responses = await collect(test.fullDuplexCall(requests, options));
      assert.equal(responses.length, 1);
      assertZeros(responses[0]?.payload, 314159);
    });
  },

  async unimplemented_method({ test }) {
    assert.equal((await failure(test.unimplementedCall({}))).code, Code.UNIMPLEMENTED);
  },

  async unimplemented_service({ unimplemented }) {
    assert.equal((await failure(unimplemented.unimplementedCall({}))).code, Code.UNIMPLEMENTED);
  },

  async rpc_soak({ test }) {
    for (let i = 0; i < 10; i++) await largeUnary(test, { timeoutMs: 1_000 });
  },

  async channel_soak(_, open) {
    for (let i = 0; i < 10; i++) {
      const { test, close } = open();
      await largeUnary(test, { timeoutMs: 1_000 }).finally(close);
    }
  },
};

async function largeUnary(test: Target['test'], options?: CallOptions): Promise<void> {
  const { payload } = await test.unaryCall({ responseSize: 314159, payload: zeros(271828) }, options);
  assertZeros(payload, 314159);
}

function assertZeros(payload: Payload | undefined, size: number | undefined): void {
  assert.equal(payload?.body.length, size);
  assert(payload?.body.every((byte) => byte === 0));
}

async function assertStatus(test: Target['test'], message: string): Promise<void> {
  const error = await failure(test.unaryCall({ responseStatus: { code: Code.UNKNOWN, message } }));
  assert.deepEqual([error.code, error.message], [Code.UNKNOWN, message]);
}

/** Makes a call with the echo metadata, which must come back. */
async function assertEcho(makeCall: (options: CallOptions) => Promise<void>): Promise<void> {
  const metadata = new Metadata();
  metadata.set(ECHO_INITIAL, 'test_initial_metadata_value');
  metadata.set(ECHO_TRAILING, Buffer.from('ababab', 'hex'));
  const echoes: unknown[] = [];
  await makeCall({
    metadata,
    onHeaders: (headers) => echoes.push(headers.get(ECHO_INITIAL)),
    onTrailers: (trailers) => echoes.push(trailers.get(ECHO_TRAILING)),
  });
  assert.deepEqual(echoes, [['test_initial_metadata_value'], [Buffer.from('ababab', 'hex')]]);
}

/** The error that a call fails with. */
async function failure(call: Promise<unknown>): Promise<RpcError> {
  const error = await call.then(
    () => assert.fail('the call was to fail'),
    (error) => error,
  );
  assert(error instanceof RpcError, error);
  return error;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function* stream<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

/** Nothing, until the signal aborts. */
async function* untilAborted(signal: AbortSignal): AsyncIterable<never> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
}
