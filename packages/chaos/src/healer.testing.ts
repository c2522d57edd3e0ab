/** A runner whose trial has all that must not outlive it; says so by a line of JSON, then waits to be killed. */
import { tmpdir } from 'node:os';
import { postgresAvailable, startPostgres } from '@hotpath/testing';
import { tryOut } from './trial.ts';

const [, , rule = ''] = process.argv;

await tryOut({ defended: true }, async (trial) => {
  const stopped = await trial.start('node');
  process.kill(stopped.pid, 'SIGSTOP');
  const pids = [stopped.pid];
  if (postgresAvailable() === undefined) pids.push((await startPostgres()).pid);
  trial.undoIfKilled(['rm', `${rule}/undone`])();
  trial.undoIfKilled(['rm', `${rule}/left`]);
  console.log(JSON.stringify({ pids, folder: tmpdir() }));
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
