import type { Running } from './trial.ts';

/** How many calls of Work a process has answered, in any way, as its own metrics count them. */
export function attemptsAt(process: Running): Promise<number> {
  return process.metric('rpc_server_call_duration_seconds_count', { rpc_method: 'hotpath.chaos.Chain/Work' });
}
