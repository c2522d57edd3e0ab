import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startPostgres } from './postgres.ts';
import { describeOwnPostgres, describePostgres, testDatabaseUrl } from './postgres-vitest.ts';

async function connect(connectionString: string) {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describePostgres('PostgreSQL for tests', () => {
  test('the shared server gives each test an empty database', async () => {
    const [one, other] = await Promise.all([testDatabaseUrl(), testDatabaseUrl()]);
    await (await connect(one)).query('create table shelf (id int)');
    const { rows } = await (await connect(other)).query(`select to_regclass('shelf') as shelf`);
    expect(rows).toEqual([{ shelf: null }]);
  });
});

describeOwnPostgres('a PostgreSQL server of a test', () => {
  test('keeps what was committed over a restart, a crash and a kill', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = await server.createDatabase();
    await (await connect(url)).query('create table rows (id serial)');
    const interruptions = [
      () => server.restart(),
      () => server.restart('immediate'),
      () => server.kill().then(() => server.restart()),
    ];
    for (const interrupt of interruptions) {
      const before = server.pid;
      const client = await connect(url);
      await client.query('insert into rows default values');
      const lost = new Promise<void>((resolve) => client.on('end', resolve));
      await interrupt();
      await lost;
      expect(server.pid).not.toBe(before);
    }
    const { rows } = await (await connect(url)).query('select id from rows order by id');
    expect(rows).toHaveLength(3);
  });
});
