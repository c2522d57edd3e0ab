import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { namespace } from './kubectl.ts';

/** A port of a pod or Service on this machine. */
export type Forward = { readonly address: string; stop(): Promise<void> };

/**
 * Forwards a free local port to `pod/NAME` or `service/NAME`, of the shop unless another namespace is told. It lasts as
 * long as the pod's process does.
 */
export async function forward(target: string, port: number, inNamespace = namespace): Promise<Forward> {
  const args = ['--namespace', inNamespace, 'port-forward', target, `:${port}`];
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const words: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => words.push(text));
  const ended = once(child, 'close').then(() => {
    throw new Error(`kubectl ${args.join(' ')} ended: ${words.join('').trim()}`);
  });
  ended.catch(() => {}); // when it is stopped
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line').then(([line]) => String(line));
  const [, address] = /Forwarding from (127\.0\.0\.1:\d+)/.exec(await Promise.race([first, ended])) ?? [];
  if (!address) throw new Error(`kubectl ${args.join(' ')} names no port`);
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await ended.catch(() => {});
    },
  };
}
