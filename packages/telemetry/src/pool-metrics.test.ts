import { expect, test } from 'vitest';
import { registry } from './metrics.ts';
import { trackPool } from './pool-metrics.ts';

test('a pool shows what it does when it is asked', async () => {
  let used = 0;
  trackPool('shelf', () => ({ used, idle: 3 - used, waiting: 7, max: 5 }));
  used = 2;
  const metrics = (await registry.metrics()).split('\n');
  const pool = 'db_client_connection_pool_name="shelf"';
  expect(metrics.filter((line) => line.includes('shelf'))).toEqual([
    `db_client_connection_count{${pool},db_client_connection_state="used"} 2`,
    `db_client_connection_count{${pool},db_client_connection_state="idle"} 1`,
    `db_client_connection_max{${pool}} 5`,
    `db_client_connection_pending_requests{${pool}} 7`,
  ]);
});
