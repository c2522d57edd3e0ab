import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthority } from '@hotpath/certificates';
import { startPostgres } from '@hotpath/testing';
import { describeOwnPostgres, describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './adapters.testing.ts';
import { DatabaseUnavailable } from './errors.ts';
import type { Database, Queryable } from './port.ts';
import { openPostgres } from './postgres.ts';
import { cancelCode, startRelay } from './postgres-relay.testing.ts';

const left = new Error('left');

/** Opens it for the time of the test. */
function open(url: string, poolMax = 4): Database {
  const db = openPostgres({ url, poolMax });
  onTestFinished(() => db.close());
  return db;
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** What is left of a statement, as a call says it. */
const within = (ms: number) => {
  const end = performance.now() + ms;
  return () => end - performance.now();
};

describePostgres('PostgreSQL', () => {
  let url: string;
  beforeAll(async () => {
    url = await testDatabaseUrl();
  });

  /** What the server's other connections to this database do, by a connection of its own. */
  function openObserver(of = url) {
    const observer = open(of, 1);
    const backends = (state: string) =>
      observer.query<{ pid: number; query: string }>(
        `select pid, query from pg_stat_activity where state = $1 and backend_type = 'client backend'
         and datname = current_database() and pid <> pg_backend_pid()`,
        [state],
      );
    return {
      backends,
      /** Resolves when as many statements run. */
      async running(count: number) {
        while ((await backends('active')).length !== count) await sleep(2);
      },
      terminate: (condition: string) =>
        observer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
        ),
    };
  }

  describe('a statement whose signal aborts', () => {
    test('ends at once for its caller, and within 100 ms on the server', async () => {
      const db = open(url);
      const { running } = openObserver();
      const times: { caller: number; server: number }[] = [];
      for (let turn = 0; turn < 9; turn += 1) {
        const caller = new AbortController();
        const statements = Array.from({ length: 4 }, () =>
          db.query('select pg_sleep(30)', [], { signal: caller.signal }),
        );
        const outcomes = Promise.allSettled(statements);
        await running(4);
        const abortedAt = performance.now();
        caller.abort(left);
        for (const outcome of await outcomes) expect(outcome).toEqual({ status: 'rejected', reason: left });
        const toldAt = performance.now();
        await running(0);
        times.push({ caller: toldAt - abortedAt, server: performance.now() - abortedAt });
        await released(db);
        expect(db.pool?.()).toMatchObject({ idle: 4 });
      }
      expect(median(times.map(({ caller }) => caller))).toBeLessThan(50);
      expect(median(times.map(({ server }) => server))).toBeLessThan(100);
    });

    test('takes no other with it: hundreds of cancels race with the ends of their statements', {
      timeout: 60_000,
    }, async () => {
      const relay = await startRelay(url);
      let random = 1;
      const randomMs = (most: number) => {
        random = (random * 48_271) % 2_147_483_647;
        return (random % (most * 100)) / 100;
      };
      relay.cancelDelay = () => randomMs(4);
      let cancelled = 0;
      const innocents: Promise<unknown>[] = [];
      const racers = Array.from({ length: 4 }, async () => {
        const db = open(relay.url, 1);
        for (let turn = 0; turn < 100; turn += 1) {
          const caller = new AbortController();
          const victim = db.query('select pg_sleep(0.002)', [], { signal: caller.signal });
          // It waits for the connection, and gets it as soon as that is given back.
          const innocent = db.query('select pg_sleep(0.002)');
          innocents.push(innocent);
          setTimeout(() => caller.abort(left), randomMs(4));
          await victim.catch((error) => {
            expect(error).toBe(left);
            cancelled += 1;
          });
          await innocent.catch(() => {});
        }
      });
      await Promise.all(racers);
      const outcomes = await Promise.allSettled(innocents);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
      expect(cancelled).toBeGreaterThan(100);
    });

    test('is ended by the server itself where no cancel arrives', async () => {
      const relay = await startRelay(url);
      relay.cancelDelay = () => Number.POSITIVE_INFINITY;
      relay.keepServerSide = true;
      const db = open(relay.url);
      const { running } = openObserver();
      const caller = new AbortController();
      const startedAt = performance.now();
      const statement = db.query('select pg_sleep(30)', [], {
        signal: caller.signal,
        remaining: within(1_500),
      });
      await running(1);
      caller.abort(left);
      await expect(statement).rejects.toBe(left);
      await running(0);
      // The next power of two after 1,500, and not its 30 s.
      expect(performance.now() - startedAt).toBeGreaterThan(2_000);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
      await released(db);
      expect(db.pool?.()).toMatchObject({ used: 0, idle: 0 });
    });

    test('is ended by a server that neither a cancel nor a timeout reaches, when its client is gone', async () => {
      const relay = await startRelay(url);
      relay.cancelDelay = () => Number.POSITIVE_INFINITY;
      const db = open(relay.url);
      const { running } = openObserver();
      const caller = new AbortController();
      const statement = db.query('select pg_sleep(30)', [], { signal: caller.signal });
      await running(1);
      caller.abort(left);
      await expect(statement).rejects.toBe(left);
      await released(db);
      await running(0);
    });

    test('holds up no statement of another connection', async () => {
      const relay = await startRelay(url);
      relay.cancelDelay = () => Number.POSITIVE_INFINITY;
      const db = open(relay.url, 2);
      const { running } = openObserver();
      const caller = new AbortController();
      const statement = db.query('select pg_sleep(30)', [], { signal: caller.signal });
      await running(1);
      caller.abort(left);
      await expect(statement).rejects.toBe(left);
      for (let turn = 0; turn < 3; turn += 1) await db.query('select 1');
      expect(db.pool?.().used).toBe(1);
      await running(0);
    });
  });

  describe('the time that is left', () => {
    const timeout = (db: Queryable, remaining?: () => number) =>
      db
        .query<{ now: string }>(`select current_setting('statement_timeout') as now`, [], { remaining })
        .then(([row]) => row?.now);

    test('is a limit of each statement, and none where there is no limit', async () => {
      const db = open(url, 1);
      expect(await timeout(db, () => 300)).toBe('512ms');
      expect(await timeout(db, () => 3_000)).toBe('4096ms');
      expect(await timeout(db, () => 0.5)).toBe('64ms');
      expect(await timeout(db)).toBe('0');
      expect(await timeout(db, () => Number.POSITIVE_INFINITY)).toBe('0');
    });

    test('leaves a limit of the server or the URL where there is none', async () => {
      const limited = new URL(url);
      limited.searchParams.set('options', '-c statement_timeout=7s');
      const db = open(limited.href, 1);
      expect(await timeout(db)).toBe('7s');
      expect(await timeout(db, () => 300)).toBe('512ms');
      expect(await timeout(db)).toBe('7s');
      expect(await db.transaction((tx) => timeout(tx))).toBe('7s');
    });

    test('is a limit of a transaction, and of its pauses', async () => {
      const db = open(url, 1);
      const options = { remaining: () => 300 };
      expect(await db.transaction((tx) => timeout(tx), options)).toBe('512ms');
      const paused = db.transaction(async (tx) => {
        await sleep(700);
        await tx.query('select 1');
      }, options);
      await expect(paused).rejects.toThrow(DatabaseUnavailable);
      expect(await timeout(db)).toBe('0');
    });

    test('is told to the server only when it differs much, and costs no round trip then', async () => {
      const relay = await startRelay(url);
      const sent: string[] = [];
      relay.onSent = (text) => sent.push(text);
      const db = open(relay.url, 1);
      for (let left = 500; left > 260; left -= 10) await db.query('select 1', [], { remaining: () => left });
      expect(sent.join('').match(/set statement_timeout/g)).toEqual(['set statement_timeout']);
      // Held back by the relay, the answer to it is not waited for.
      sent.length = 0;
      relay.silent = true;
      const statement = db.query('select 2', [], { remaining: () => 100 });
      relay.silent = false;
      await statement;
    });
  });

  describe('a transaction', () => {
    test('whose caller leaves is rolled back, though its work was in a statement', async () => {
      const db = open(url);
      const observer = openObserver();
      await db.script('create table kept (id int)');
      const caller = new AbortController();
      let wentOn = false;
      const work = db.transaction(
        async (tx) => {
          await tx.query('insert into kept values (1)');
          await tx.query('select pg_sleep(30)');
          wentOn = true;
        },
        { signal: caller.signal },
      );
      await observer.running(1);
      caller.abort(left);
      await expect(work).rejects.toBe(left);
      await released(db);
      expect(await observer.backends('active')).toEqual([]);
      expect(await observer.backends('idle in transaction')).toEqual([]);
      expect(await db.query('select * from kept')).toEqual([]);
      expect(wentOn).toBe(false);
    });

    test('goes on to its own end before its caller is told, so nothing runs on unseen', async () => {
      const db = open(url);
      const caller = new AbortController();
      let ended = false;
      const work = db.transaction(
        async () => {
          caller.abort(left);
          await sleep(50);
          ended = true;
        },
        { signal: caller.signal },
      );
      await expect(work).rejects.toBe(left);
      expect(ended).toBe(true);
    });

    test('waits its cancelled statement out before its next', async () => {
      const relay = await startRelay(url);
      relay.cancelDelay = () => 300;
      const db = open(relay.url, 1);
      await db.transaction(async (tx) => {
        await tx.script('savepoint before');
        const caller = new AbortController();
        const cancelled = tx.query('select pg_sleep(0.1)', [], { signal: caller.signal });
        setTimeout(() => caller.abort(left), 10);
        await expect(cancelled).rejects.toBe(left);
        await tx.script('rollback to before');
        expect(await tx.query('select pg_sleep(1)')).toHaveLength(1);
      });
    });

    test('may send any number of statements at once', async () => {
      const db = open(url, 1);
      const answers = await db.transaction((tx) =>
        Promise.all(
          Array.from({ length: 1_500 }, (_, index) => tx.query('select $1::int as value', [index])),
        ),
      );
      expect(answers.flat()).toEqual(Array.from({ length: 1_500 }, (_, value) => ({ value })));
    });

    test('gives its connection back only when its cancel is through', async () => {
      const relay = await startRelay(url);
      relay.cancelDelay = () => 300;
      const db = open(relay.url, 1);
      const caller = new AbortController();
      const work = db.transaction(
        (tx) => {
          setTimeout(() => caller.abort(left), 10);
          return tx.query('select pg_sleep(0.1)');
        },
        { signal: caller.signal },
      );
      await expect(work).rejects.toBe(left);
      expect(await db.query('select pg_sleep(1)')).toHaveLength(1);
    });

    test('whose connection is lost at its commit may be committed, and says so', async () => {
      const relay = await startRelay(url);
      const db = open(relay.url, 1);
      await db.script('create table committed (id int)');
      relay.onSent = (text, client) => {
        if (text.includes('commit\0')) client.destroy();
      };
      relay.keepServerSide = true;
      const work = db.transaction((tx) => tx.query('insert into committed values (1)'));
      await expect(work).rejects.toThrow(/^The database .* cannot be reached: .* at a commit/);
      await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
      const { running } = openObserver();
      await running(0);
      expect(await open(url).query('select * from committed')).toHaveLength(1);
    });
  });

  describe('a statement that comes again', () => {
    test('is parsed once per connection, but for endless kinds of it', async () => {
      const db = open(url, 1);
      for (let turn = 0; turn < 3; turn += 1) await db.query('select $1::int as value', [turn]);
      for (let turn = 0; turn < 600; turn += 1) await db.query(`select ${turn} as value`);
      const prepared = await db.query<{ statement: string; plans: bigint }>(
        'select statement, generic_plans + custom_plans as plans from pg_prepared_statements',
      );
      expect(prepared).toContainEqual({ statement: 'select $1::int as value', plans: 3n });
      expect(prepared.length).toBeLessThanOrEqual(500);
    });

    test('goes on when a migration gives its rows another column', async () => {
      const db = open(url, 1);
      await db.script('create table grows (id int); insert into grows values (1)');
      const read = (on: Queryable) => on.query('select * from grows');
      expect(await read(db)).toEqual([{ id: 1 }]);
      await db.script('alter table grows add column note text');
      expect(await read(db)).toEqual([{ id: 1, note: null }]);
      expect(await db.transaction(read)).toEqual([{ id: 1, note: null }]);
    });

    test('is for its caller to do again where that comes in the way of a transaction', async () => {
      const db = open(url, 1);
      await db.script('create table shrinks (id int, note text); insert into shrinks values (1)');
      const read = (on: Queryable) => on.query('select * from shrinks');
      await read(db);
      await db.script('alter table shrinks drop column note');
      const work = db.transaction(read);
      await expect(work).rejects.toThrow('changed during a transaction: do it again');
      await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
      expect(await db.transaction(read)).toEqual([{ id: 1 }]);
    });
  });

  describe('the pool', () => {
    test('is opened as needed, says what it does, and lets who waits leave', async () => {
      const db = open(url, 2);
      expect(db.pool?.()).toEqual({ used: 0, idle: 0, waiting: 0, max: 2 });
      await db.query('select 1');
      expect(db.pool?.()).toEqual({ used: 0, idle: 1, waiting: 0, max: 2 });
      const { running } = openObserver();
      const caller = new AbortController();
      const worker = new AbortController();
      const atWork = [1, 2].map(() => db.query('select pg_sleep(30)', [], { signal: worker.signal }));
      const outcomes = Promise.allSettled(atWork);
      const waiting = db.query('select 1', [], { signal: caller.signal });
      await running(2);
      expect(db.pool?.()).toEqual({ used: 2, idle: 0, waiting: 1, max: 2 });
      caller.abort(left);
      await expect(waiting).rejects.toBe(left);
      expect(db.pool?.()).toEqual({ used: 2, idle: 0, waiting: 0, max: 2 });
      // The server's health is not that of the pool.
      await db.health({ signal: AbortSignal.timeout(5_000) });
      worker.abort(left);
      await outcomes;
      await released(db);
      expect(db.pool?.()).toEqual({ used: 0, idle: 2, waiting: 0, max: 2 });
    });

    test('goes on when the server ends its connections, at work or idle', async () => {
      const db = open(url, 2);
      const observer = openObserver();
      await Promise.all([db.query('select 1'), db.query('select 1')]);
      const atWork = db.query('select pg_sleep(30)');
      await observer.running(1);
      const lost = expect(atWork).rejects.toThrow(DatabaseUnavailable);
      await observer.terminate('true');
      await lost;
      while (db.pool?.().idle !== 0) await sleep(1);
      expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  test('a server that is not there is said so, with neither user nor password', async () => {
    const away = new URL(url);
    away.port = '1';
    away.password = 'secret';
    const db = open(away.href);
    for (const ask of [() => db.query('select 1'), () => db.health(), () => db.listen('x', () => {})]) {
      const error = await ask().then(() => expect.unreachable(), String);
      expect(error).toMatch(
        /^DatabaseUnavailable: The database .* on 127.0.0.1:1 cannot be reached: .*ECONNREFUSED/,
      );
      expect(error).not.toContain('secret');
    }
    const wrong = new URL(url);
    wrong.password = 'secret';
    const refused = open(wrong.href).query('select 1');
    await expect(refused).rejects.toThrow('password authentication failed');
    await expect(refused).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  test('a server that only reads, as after another took over, is no longer spoken to by that connection', async () => {
    const standby = new URL(url);
    standby.searchParams.set('options', '-c default_transaction_read_only=on');
    const db = open(standby.href, 1);
    const [before] = await db.query('select pg_backend_pid() as pid');
    await expect(db.query('create table refused ()')).rejects.toThrow(DatabaseUnavailable);
    const [after] = await db.query('select pg_backend_pid() as pid');
    expect(after).not.toEqual(before);
  });

  test('a server that does not answer holds nobody longer than their signal', async () => {
    const relay = await startRelay(url);
    relay.silent = true;
    const db = open(relay.url);
    const startedAt = performance.now();
    const options = () => ({ signal: AbortSignal.timeout(50) });
    const asked = [
      db.query('select 1', [], options()),
      db.transaction(async () => {}, options()),
      db.health(options()),
    ];
    for (const outcome of await Promise.allSettled(asked)) expect(outcome.status).toBe('rejected');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    relay.cut();
  });

  describe('listening', () => {
    /** Counts wakes, and waits for the next. */
    function createWakes() {
      let next = Promise.withResolvers<void>();
      let count = 0;
      return {
        wake() {
          count += 1;
          next.resolve();
          next = Promise.withResolvers();
        },
        count: () => count,
        next: () => next.promise,
      };
    }
    const listening = `query like 'listen%' or query = 'select 1'`;

    test('comes back when its connection is lost, and wakes everyone', async () => {
      const db = open(url);
      const observer = openObserver();
      const [prices, stock] = [createWakes(), createWakes()];
      await db.listen('prices', prices.wake);
      await db.listen('stock', stock.wake);
      const woken = [prices.next(), stock.next()];
      await observer.terminate(listening);
      await Promise.all(woken);
      const notified = prices.next();
      await observer.backends('idle');
      await db.query(`select pg_notify('prices', '')`);
      await notified;
      expect([prices.count(), stock.count()]).toEqual([2, 1]);
    });

    test('takes one connection for all, and needs none of the pool', async () => {
      const own = await testDatabaseUrl();
      const db = open(own, 1);
      const wakes = createWakes();
      for (const channel of ['a', 'b', 'c']) await db.listen(channel, wakes.wake);
      await db.health();
      expect(await openObserver(own).backends('idle')).toHaveLength(1);
    });

    test('notices a connection that is silent, by its health', async () => {
      const relay = await startRelay(url);
      const db = open(relay.url);
      const wakes = createWakes();
      await db.listen('prices', wakes.wake);
      const woken = wakes.next();
      relay.silent = true;
      await expect(db.health({ signal: AbortSignal.timeout(100) })).rejects.toThrow();
      await sleep(100);
      relay.silent = false;
      await woken;
      await db.health();
    });
  });

  test('closing ends though the server is silent', async () => {
    const relay = await startRelay(url);
    const db = openPostgres({ url: relay.url, poolMax: 1 });
    await db.listen('prices', () => {});
    await db.query('select 1');
    relay.silent = true;
    await db.close();
  });

  test('closing leaves no connection behind', async () => {
    const own = await testDatabaseUrl();
    const db = openPostgres({ url: own, poolMax: 3 });
    await db.listen('prices', () => {});
    await Promise.all([1, 2, 3].map(() => db.query('select 1')));
    const observer = openObserver(own);
    expect(await observer.backends('idle')).toHaveLength(4);
    await db.close();
    while ((await observer.backends('idle')).length > 0) await sleep(1);
  });
});

/** Resolves when no connection is at work or being cleaned. */
async function released(db: Database): Promise<void> {
  while (db.pool?.().used !== 0) await sleep(1);
}

describeOwnPostgres('a PostgreSQL server that wants TLS', () => {
  test('is checked, and a cancel travels by TLS too', async () => {
    const validity = { notAfter: new Date(Date.now() + 3_600_000) };
    const authority = await createAuthority('hotpath.local', validity);
    const server = await startPostgres({}, await authority.issue('spiffe://hotpath.local/db', validity));
    onTestFinished(() => server.stop());
    const ca = join(await temporaryFolder(), 'ca.pem');
    await writeFile(ca, authority.certificate);
    const relay = await startRelay(server.url);
    const sent: string[] = [];
    relay.onSent = (text) => sent.push(text);
    const query = new URLSearchParams({ sslmode: 'verify-full', sslrootcert: ca });
    const db = open(`${relay.url}?${query}`, 1);
    await db.query('select 1');
    const signal = AbortSignal.timeout(100);
    await expect(db.query('select pg_sleep(30)', [], { signal })).rejects.toThrow('aborted due to timeout');
    await released(db);
    // The connection is still there: its statement was cancelled.
    expect(db.pool?.()).toMatchObject({ idle: 1 });
    for (const plain of ['pg_sleep', cancelCode]) expect(sent.join('')).not.toContain(plain);
    await expect(open(`${relay.url}?sslmode=verify-full`).query('select 1')).rejects.toThrow('certificate');
  });
});

describeOwnPostgres('a PostgreSQL server that restarts', () => {
  test.each(['fast', 'immediate'] as const)('%s: whoever asks again and listens goes on', async (mode) => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const db = open(await server.createDatabase());
    await db.script('create table items (id int)');
    const woken = Promise.withResolvers<void>();
    await db.listen('items', woken.resolve);
    const atWork = db.query('select pg_sleep(30)');
    const lost = expect(atWork).rejects.toThrow(DatabaseUnavailable);
    await server.restart(mode);
    await lost;
    await woken.promise;
    await db.health();
    expect(await db.query('insert into items values (1) returning id')).toEqual([{ id: 1 }]);
  });
});
