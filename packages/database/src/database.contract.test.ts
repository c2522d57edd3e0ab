import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allAdapters, describeOn } from './adapters.testing.ts';
import { DatabaseUnavailable, SqlError } from './errors.ts';
import type { Database, Queryable } from './port.ts';

describeOn(allAdapters, (open) => {
  let db: Database;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    ({ db, remove } = await open());
    await db.script('create table items (id bigint primary key, name text unique)');
  }, 60_000);
  afterAll(() => remove());
  beforeEach(() => db.query('delete from items').then(() => {}));

  const insert = (on: Queryable, id: bigint, name: string | null = null) =>
    on.query('insert into items values ($1, $2)', [id, name]);
  const ids = async () =>
    (await db.query<{ id: bigint }>('select id from items order by id')).map(({ id }) => id);

  describe('values', () => {
    test.each([
      ['int8', 9_223_372_036_854_775_807n],
      ['int8', -1n],
      ['int4', 42],
      ['float8', 0.1],
      ['bool', false],
      ['text', `quotes ' " \\ and \u{1F600}`],
      ['uuid', '0b5c3c1e-6f0e-4f3b-9a57-0d3a5f0f8a11'],
      ['numeric', '123456789012345678901234567890.5'],
      ['timestamptz', new Date('2026-01-02T03:04:05.678Z')],
      ['bytea', new Uint8Array([0, 1, 0x5c, 255])],
      ['bytea', new Uint8Array()],
      ['int8[]', [1n, 9_223_372_036_854_775_807n]],
      ['int8[]', []],
      ['text[]', ['plain', '', 'a,b', '{c}', '"d"', '\\', 'null']],
      ['bool[]', [true, false]],
      ['timestamptz[]', [new Date(0)]],
      ['text[]', ['a', null]],
      ['int4[]', [1, -2]],
      ['float8[]', [0.5, 1e300]],
      ['numeric[]', ['0.10', '123456789012345678901234567890.5']],
      ['uuid[]', ['0b5c3c1e-6f0e-4f3b-9a57-0d3a5f0f8a11']],
      ['bytea[]', [new Uint8Array([0, 0x5c, 255]), new Uint8Array()]],
      ['timestamptz', new Date('1900-01-01T00:00:00.000Z')],
      ['date', new Date('2026-01-02T00:00:00.000Z')],
      ['interval', '1 day 02:00:00'],
      ['int8', null],
    ])('%s comes back as it went: %o', async (type, value) => {
      const [row] = await db.query(`select $1::${type} as value`, [value]);
      expect(row).toEqual({ value });
    });

    test('json goes as text and comes parsed, whatever its kind', async () => {
      for (const value of [{ a: [1, { b: null }] }, [1, 2], 'text', 7, true, null]) {
        const [row] = await db.query('select $1::jsonb as value', [JSON.stringify(value)]);
        expect(row).toEqual({ value });
      }
    });

    test('count is a bigint', async () => {
      expect(await db.query('select count(*) from items')).toEqual([{ count: 0n }]);
    });

    test('arrays unfold into rows', async () => {
      await db.query('insert into items select * from unnest($1::bigint[], $2::text[])', [
        [1n, 2n],
        ['a', 'b'],
      ]);
      expect(await db.query('select * from items where id = any($1) order by id', [[1n, 2n, 3n]])).toEqual([
        { id: 1n, name: 'a' },
        { id: 2n, name: 'b' },
      ]);
    });
  });

  describe('statements', () => {
    test('a refused statement says why and where', async () => {
      await insert(db, 1n, 'taken');
      const refused = (await insert(db, 2n, 'taken').catch((error) => error)) as SqlError;
      expect(refused).toBeInstanceOf(SqlError);
      expect(refused).toMatchObject({ code: '23505', constraint: 'items_name_key' });

      const misspelt = await db.query('select id\nfrom itemz').catch((error) => error);
      expect(misspelt).toMatchObject({ code: '42P01', position: 16 });
    });

    test('an error does not carry the parameters', async () => {
      const error = await db.query('select 1 / (length($1::text) - 6)', ['secret']).catch((error) => error);
      expect(error).toBeInstanceOf(SqlError);
      expect(JSON.stringify({ ...error, message: error.message, cause: error.cause })).not.toContain(
        'secret',
      );
    });

    test('the database works on after a refused statement', async () => {
      await expect(db.query('nonsense')).rejects.toThrow(SqlError);
      await expect(db.health()).resolves.toBeUndefined();
    });

    test('a script is one transaction', async () => {
      await expect(db.script('insert into items values (1); insert into items values (1)')).rejects.toThrow(
        SqlError,
      );
      expect(await ids()).toEqual([]);
      await db.script('insert into items values (1); insert into items values (2);');
      expect(await ids()).toEqual([1n, 2n]);
    });
  });

  describe('transactions', () => {
    test('are committed when their work resolves, with its result', async () => {
      expect(await db.transaction(async (tx) => insert(tx, 1n).then(() => 'done'))).toBe('done');
      expect(await ids()).toEqual([1n]);
    });

    test('are rolled back when their work rejects, with its error', async () => {
      const failure = new Error('no');
      const work = db.transaction(async (tx) => {
        await insert(tx, 1n);
        throw failure;
      });
      await expect(work).rejects.toBe(failure);
      expect(await ids()).toEqual([]);
    });

    test('cannot be committed after a failed statement that was swallowed', async () => {
      const work = db.transaction(async (tx) => {
        await insert(tx, 1n);
        await tx.query('nonsense').catch(() => {});
      });
      await expect(work).rejects.toThrow(SqlError);
      expect(await ids()).toEqual([]);
    });

    test('hold no statement of anyone else', async () => {
      const inside = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const failing = db.transaction(async (tx) => {
        await insert(tx, 1n);
        inside.resolve();
        await goOn.promise;
        throw new Error('rolled back');
      });
      await inside.promise;
      const other = insert(db, 2n);
      goOn.resolve();
      await expect(failing).rejects.toThrow('rolled back');
      await other;
      expect(await ids()).toEqual([2n]);
    });

    test('refuse a statement on the database itself instead of waiting for ever', async () => {
      await expect(db.transaction(() => db.query('select 1'))).rejects.toThrow('use its tx');
      await expect(db.transaction(() => db.transaction(async () => {}))).rejects.toThrow('use its tx');
      expect(await ids()).toEqual([]);
    });

    test('refuse their tx after their end', async () => {
      const tx = await db.transaction(async (tx) => tx);
      await expect(insert(tx, 1n)).rejects.toThrow();
      expect(await ids()).toEqual([]);
    });

    test('that add to one row at once lose nothing', async () => {
      await db.query(`insert into items values (1, '0')`);
      await Promise.all(
        Array.from({ length: 20 }, () =>
          db.transaction(async (tx) => {
            const [row] = await tx.query<{ n: number }>(
              'select name::int4 as n from items where id = 1 for update',
            );
            await tx.query('update items set name = $1 where id = 1', [String((row?.n ?? 0) + 1)]);
          }),
        ),
      );
      expect(await db.query('select name from items')).toEqual([{ name: '20' }]);
    });
  });

  describe('signals', () => {
    test('an aborted one runs nothing', async () => {
      const signal = AbortSignal.abort(new Error('left'));
      await expect(db.query('insert into items values (1)', [], { signal })).rejects.toThrow('left');
      await expect(db.transaction((tx) => insert(tx, 1n), { signal })).rejects.toThrow('left');
      expect(await ids()).toEqual([]);
    });

    test('a transaction whose caller leaves is rolled back', async () => {
      const caller = new AbortController();
      let wentOn = false;
      const work = db.transaction(
        async (tx) => {
          await insert(tx, 1n);
          caller.abort(new Error('left'));
          await insert(tx, 2n);
          wentOn = true;
        },
        { signal: caller.signal },
      );
      await expect(work).rejects.toThrow('left');
      expect(wentOn).toBe(false);
      expect(await ids()).toEqual([]);
    });

    test('a transaction whose caller leaves after its last statement is rolled back', async () => {
      const caller = new AbortController();
      const work = db.transaction(
        async (tx) => {
          await insert(tx, 1n);
          caller.abort(new Error('left'));
        },
        { signal: caller.signal },
      );
      await expect(work).rejects.toThrow('left');
      expect(await ids()).toEqual([]);
    });

    test('a statement of a transaction heeds its own signal', async () => {
      await db.transaction(async (tx) => {
        const signal = AbortSignal.abort(new Error('left'));
        await expect(tx.query('select 1', [], { signal })).rejects.toThrow('left');
        await insert(tx, 1n);
      });
      expect(await ids()).toEqual([1n]);
    });
  });

  describe('listening', () => {
    test('wakes after the commit, not before, and not after a rollback', async () => {
      let wakes = 0;
      let woken = Promise.withResolvers<void>();
      const stop = await db.listen('items_changed', () => {
        wakes += 1;
        woken.resolve();
      });
      await db
        .transaction(async (tx) => {
          await tx.query(`select pg_notify('items_changed', '')`);
          throw new Error('rolled back');
        })
        .catch(() => {});
      await db.transaction(async (tx) => {
        await tx.query(`select pg_notify('items_changed', '')`);
        await tx.query('select 1');
        expect(wakes).toBe(0);
      });
      await woken.promise;
      expect(wakes).toBe(1);

      await stop();
      woken = Promise.withResolvers();
      const other = await db.listen('items_changed', () => woken.resolve());
      await db.query(`select pg_notify('items_changed', '')`);
      await woken.promise;
      expect(wakes).toBe(1);
      await other();
    });

    test('wakes run in the context of the listener, not of the writer', async () => {
      const context = new AsyncLocalStorage<string>();
      const seen = Promise.withResolvers<string | undefined>();
      const stop = await context.run('listener', () =>
        db.listen('items_changed', () => seen.resolve(context.getStore())),
      );
      await context.run('writer', () => db.query(`select pg_notify('items_changed', '')`));
      expect(await seen.promise).toBe('listener');
      await stop();
    });

    test('refuses a channel that would need quotes', async () => {
      await expect(db.listen('Items; drop table items', () => {})).rejects.toThrow(RangeError);
    });
  });

  test('closing waits for what runs, then refuses everything', async () => {
    const running = db.transaction(async (tx) => {
      await tx.query('select 1');
      return tx.query('select 2 as two');
    });
    await Promise.all([db.close(), db.close()]);
    expect(await running).toEqual([{ two: 2 }]);
    const refused = [
      db.query('select 1'),
      db.transaction(async () => {}),
      db.health(),
      db.listen('x', () => {}),
    ];
    for (const result of await Promise.allSettled(refused)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
    }
  });
});
