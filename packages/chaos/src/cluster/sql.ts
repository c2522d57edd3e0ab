import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { kubectl, namespace } from './kubectl.ts';

const PSQL = ['psql', '--username=postgres', '--no-psqlrc', '--quiet', '--tuples-only', '--no-align'];

/** Runs SQL in a database of the shop, as its superuser, inside PostgreSQL's pod. @returns the rows, their columns with | between */
export async function query(database: string, sql: string): Promise<readonly string[]> {
  const args = ['exec', '--stdin', 'postgres-0', '--container=postgres', '--', ...PSQL];
  const text = await kubectl([...args, '--set=ON_ERROR_STOP=1', `--dbname=${database}`], sql);
  return text.split('\n').filter((line) => line !== '');
}

/** Something that a session of PostgreSQL does for a while. */
export type Session = {
  /** The rows of the statements after that which `begun` waited for, when all are done. */
  done(): Promise<readonly string[]>;
};

/**
 * Runs SQL for a while and resolves when its first row has come. What it does ends with it, and it ends by itself:
 * where the runner dies too.
 */
export async function begin(database: string, sql: string): Promise<Session> {
  const args = ['exec', '--stdin', 'postgres-0', '--container=postgres', '--', ...PSQL];
  const child = spawn('kubectl', ['--namespace', namespace, ...args, `--dbname=${database}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(sql);
  const rows: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => {
    if (line !== '') rows.push(line);
  });
  const ended = once(child, 'close');
  await Promise.race([once(lines, 'line'), ended]);
  if (rows.length === 0) throw new Error(`psql in postgres-0 ended before its first row: ${sql}`);
  return {
    async done() {
      await ended;
      return rows.slice(1);
    },
  };
}
