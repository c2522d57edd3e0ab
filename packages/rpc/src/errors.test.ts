import { DatabaseBusy, DatabaseUnavailable } from '@hotpath/database';
import { expect, test } from 'vitest';
import { Code } from './code.ts';
import { toRpcError } from './errors.ts';

test("a database's refusals are statuses that say whether to come again", () => {
  const told = (error: Error) => toRpcError(error, () => expect.unreachable());
  expect(told(new DatabaseBusy(1_000))).toMatchObject({
    code: Code.RESOURCE_EXHAUSTED,
    message: '1000 statements wait for the database; try again later.',
  });
  expect(told(new DatabaseUnavailable('db.internal:5432 refused hotpath'))).toMatchObject({
    code: Code.UNAVAILABLE,
    message: 'the database does not answer',
  });
});
