import { Code, codeName, RpcError } from '@hotpath/rpc';
import { expect, test } from 'vitest';
import { badRequest, fromRpcError } from './problem.ts';

test.each([
  [Code.CANCELLED, 499],
  [Code.UNKNOWN, 500],
  [Code.INVALID_ARGUMENT, 400],
  [Code.DEADLINE_EXCEEDED, 504],
  [Code.NOT_FOUND, 404],
  [Code.ALREADY_EXISTS, 409],
  [Code.PERMISSION_DENIED, 500],
  [Code.RESOURCE_EXHAUSTED, 503],
  [Code.FAILED_PRECONDITION, 400],
  [Code.ABORTED, 409],
  [Code.OUT_OF_RANGE, 400],
  [Code.UNIMPLEMENTED, 501],
  [Code.INTERNAL, 500],
  [Code.UNAVAILABLE, 503],
  [Code.DATA_LOSS, 500],
  [Code.UNAUTHENTICATED, 500],
])('gRPC status %i is HTTP %i', (code, status) => {
  const { body, headers } = fromRpcError(new RpcError(code, 'words of a service at 10.0.0.7'));
  expect(body).toMatchObject({ type: 'about:blank', status });
  expect(body.code).toBe(status === 500 ? 'INTERNAL' : codeName(code));
  expect(headers['Retry-After']).toBe(status === 503 ? '1' : undefined);
  const inOwnWords = status === 499 || status >= 500 || code === Code.ALREADY_EXISTS;
  if (inOwnWords) expect(body.detail).not.toContain('10.0.0.7');
  else expect(body.detail).toContain('10.0.0.7');
});

test("a service's wish when to come again is passed on, in seconds, rounded up", () => {
  const error = new RpcError(Code.RESOURCE_EXHAUSTED, 'busy', { retryInfo: { retryDelayMs: 2_100 } });
  const { body, headers } = fromRpcError(error);
  expect([body.retryAfter, headers['Retry-After']]).toEqual([3, '3']);
});

test("a service's internal error keeps its id, which its log has", () => {
  const errorInfo = { reason: 'INTERNAL', domain: 'hotpath', metadata: { id: 'a-b-c' } };
  const { body } = fromRpcError(new RpcError(Code.INTERNAL, 'select 1', { errorInfo }));
  expect(body.detail).toBe('internal error, id a-b-c');
});

test.each([
  ['product_id', 'productId'],
  ['lines[3].price.minor_units', 'lines[3].price'],
  ['ends_at_ms', 'endsAt'],
])("a service's field %s is %s to REST", (field, name) => {
  const fieldViolations = [{ field, description: 'must be better' }];
  const error = new RpcError(Code.INVALID_ARGUMENT, 'x', { badRequest: { fieldViolations } });
  const { body } = fromRpcError(error);
  expect(body.errors).toEqual([{ field: name, message: 'must be better' }]);
  expect(body.detail).toBe(`${name}: must be better`);
});

test('of many wrong fields the first twenty are told', () => {
  const { body } = badRequest(Array.from({ length: 30 }, (_, i) => ({ field: `f${i}`, message: 'is bad' })));
  expect(body.errors).toHaveLength(20);
  expect(body.detail).toBe('f0: is bad (and 29 more)');
});
