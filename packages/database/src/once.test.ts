import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeOn, engines } from './adapters.testing.ts';
import { IdempotencyConflict } from './errors.ts';
import { migrate, sharedTables } from './migrate.ts';
import { once, recall, type Write } from './once.ts';
import type { Database } from './port.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const write: Write = { caller: 'gateway', method: '/shop/Set', requestId: 'r1', request: bytes('set 1') };

describeOn(engines, (open) => {
  let db: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ db, remove } = await open());
    await migrate(db, [sharedTables]);
    await db.script('create table done (n int)');
  }, 60_000);
  afterAll(() => remove());
  beforeEach(() => db.script('delete from idempotency; delete from done'));

  /** Does a write that leaves a row and answers with how many there are. */
  const doOnce = (changes: Partial<Write> = {}) =>
    db.transaction(async (tx) => {
      const answer = await once(tx, { ...write, ...changes }, async () => {
        await tx.query('insert into done values (1)');
        const [row] = await tx.query<{ count: bigint }>('select count(*) from done');
        return bytes(`row ${row?.count}`);
      });
      return new TextDecoder().decode(answer);
    });
  const timesDone = async () => (await db.query<{ count: bigint }>('select count(*) from done'))[0]?.count;

  test('a repeat gets the first answer and does nothing', async () => {
    expect(await doOnce()).toBe('row 1');
    expect(await doOnce()).toBe('row 1');
    expect(await timesDone()).toBe(1n);
  });

  test('repeats at the same time do it once and all get its answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => doOnce()));
    expect(new Set(answers)).toEqual(new Set(['row 1']));
    expect(await timesDone()).toBe(1n);
  });

  test.each([{ caller: 'other' }, { method: '/shop/Unset' }, { requestId: 'r2' }])(
    '%o is another write',
    async (changes) => {
      await doOnce();
      expect(await doOnce(changes)).toBe('row 2');
    },
  );

  test('another request under the same key is refused and does nothing', async () => {
    await doOnce();
    await expect(doOnce({ request: bytes('set 2') })).rejects.toThrow(IdempotencyConflict);
    await expect(recall(db, { ...write, request: bytes('set 2') })).rejects.toThrow(IdempotencyConflict);
    expect(await timesDone()).toBe(1n);
  });

  test('a write that failed is not remembered', async () => {
    const failed = db.transaction((tx) =>
      once(tx, write, async () => {
        await tx.query('insert into done values (1)');
        throw new Error('no');
      }),
    );
    await expect(failed).rejects.toThrow('no');
    expect(await recall(db, write)).toBeUndefined();
    expect(await doOnce()).toBe('row 1');
  });

  test('an answer can be empty', async () => {
    const empty = () => db.transaction((tx) => once(tx, write, async () => new Uint8Array()));
    expect(await empty()).toHaveLength(0);
    expect(await empty()).toHaveLength(0);
  });

  test('an answer can be looked up beforehand', async () => {
    expect(await recall(db, write)).toBeUndefined();
    await doOnce();
    expect(await recall(db, write)).toEqual(bytes('row 1'));
  });

  test('a request id has 1 to 200 characters', async () => {
    await expect(doOnce({ requestId: '' })).rejects.toThrow(RangeError);
    await expect(doOnce({ requestId: 'x'.repeat(201) })).rejects.toThrow(RangeError);
    await expect(recall(db, { ...write, requestId: '' })).rejects.toThrow(RangeError);
    expect(await doOnce({ requestId: 'x'.repeat(200) })).toBe('row 1');
  });
});
