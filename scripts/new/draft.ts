import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder's files as they are to become. Paths are relative to it, with slashes. */
export type Draft = {
  /** The files that change or are new, by path. */
  readonly changed: ReadonlyMap<string, string>;
  has(path: string): boolean;
  /** @throws Error where there is none */
  read(path: string): string;
  /** Names in a folder, those of the draft too. */
  list(path: string): readonly string[];
  write(path: string, text: string): void;
  /** Adds a file. @throws Error where there is one already */
  add(path: string, text: string): void;
};

/** A draft without a change. */
export function draftOf(root: string): Draft {
  const changed = new Map<string, string>();
  const has = (path: string) => changed.has(path) || existsSync(join(root, path));
  return {
    changed,
    has,
    read: (path) => changed.get(path) ?? readFileSync(join(root, path), 'utf8'),
    list(path) {
      const folder = join(root, path);
      const drafted = [...changed.keys()].filter((one) => one.startsWith(`${path}/`));
      const names = drafted.map((one) => one.slice(path.length + 1).split('/')[0] as string);
      return [...new Set([...(existsSync(folder) ? readdirSync(folder) : []), ...names])].sort();
    },
    write: (path, text) => void changed.set(path, text),
    add(path, text) {
      if (has(path)) throw new Error(`${path} is there already`);
      changed.set(path, text);
    },
  };
}
