import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A core for the server and one for its client; undefined where processes cannot be pinned to two. */
export type Cores = { readonly server: number; readonly client: number } | undefined;

/** Two cores of those that this process may use, and where there is a choice not two halves of one. */
export function pickCores(): Cores {
  if (spawnSync('taskset', ['-V']).error) return undefined;
  const [server, ...others] = parseList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status'))?.[1]);
  if (server === undefined) return undefined;
  const siblings = parseList(read(`/sys/devices/system/cpu/cpu${server}/topology/thread_siblings_list`));
  const client = others.find((core) => !siblings.includes(core)) ?? others[0];
  return client === undefined ? undefined : { server, client };
}

/** `0-3,8` as numbers. */
function parseList(list = ''): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      if (part === '' || first === undefined || last === undefined) return [];
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
