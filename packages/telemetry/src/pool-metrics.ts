import { Gauge } from 'prom-client';
import { registry } from './metrics.ts';

/** What a pool of database connections does now. */
export type PoolState = {
  readonly used: number;
  readonly idle: number;
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number;
  /** Most connections. */
  readonly max: number;
};

const pools = new Map<string, () => PoolState>();

/**
 * Shows a pool in the metrics, named after OpenTelemetry's db.client.connection.*, from now on:
 * `if (db.pool) trackPool(name, db.pool)`.
 */
export function trackPool(name: string, state: () => PoolState): void {
  pools.set(name, state);
}

const poolLabel = 'db_client_connection_pool_name';
const stateLabel = 'db_client_connection_state';

new Gauge({
  name: 'db_client_connection_count',
  help: 'Connections to the database, at work and idle; one more per process listens',
  labelNames: [poolLabel, stateLabel] as const,
  registers: [registry],
  collect() {
    for (const [pool, state] of pools) {
      const { used, idle } = state();
      this.set({ [poolLabel]: pool, [stateLabel]: 'used' }, used);
      this.set({ [poolLabel]: pool, [stateLabel]: 'idle' }, idle);
    }
  },
});

for (const [name, key, help] of [
  ['max', 'max', 'Most connections to the database that the pool may have'],
  ['pending_requests', 'waiting', 'Statements and transactions that wait for a connection to the database'],
] as const) {
  new Gauge({
    name: `db_client_connection_${name}`,
    help,
    labelNames: [poolLabel] as const,
    registers: [registry],
    collect() {
      for (const [pool, state] of pools) this.set({ [poolLabel]: pool }, state()[key]);
    },
  });
}
