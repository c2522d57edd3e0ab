import type { Draft } from './draft.ts';

/**
 * Edits of formatted files. Each finds its place by what stands there, and throws Error with the file and the place
 * where it does not: then the file was made over, and whoever did that is to look here.
 */

/** Adds lines at the end of the block that begins in the line with `head`: before the line that closes it. */
export function appendTo(draft: Draft, path: string, head: RegExp, lines: string): void {
  const all = draft.read(path).split('\n');
  const start = all.findIndex((line) => head.test(line));
  const [indent = ''] = /^ */.exec(all[start] ?? '') ?? [];
  const length = all.slice(start + 1).findIndex((line) => new RegExp(`^${indent}[\\]})]`).test(line));
  if (start === -1 || length === -1) throw notFound(path, head);
  all.splice(start + 1 + length, 0, lines.replace(/\n$/, ''));
  draft.write(path, all.join('\n'));
}

/** Adds lines below the last line that `like` fits. */
export function addAfterLast(draft: Draft, path: string, like: RegExp, lines: string): void {
  const all = draft.read(path).split('\n');
  const last = all.findLastIndex((line) => like.test(line));
  if (last === -1) throw notFound(path, like);
  all.splice(last + 1, 0, lines.replace(/\n$/, ''));
  draft.write(path, all.join('\n'));
}

/** Changes the one place that `place` fits. */
export function change(
  draft: Draft,
  path: string,
  place: RegExp,
  replace: (...found: string[]) => string,
): void {
  const text = draft.read(path);
  if (!place.test(text)) throw notFound(path, place);
  draft.write(path, text.replace(place, replace));
}

/** Changes a file of JSON, and leaves its lines to the formatter: it breaks those that are too long. */
export function changeJson<T>(draft: Draft, path: string, edit: (value: T) => void): void {
  const value = JSON.parse(draft.read(path)) as T;
  edit(value);
  draft.write(path, JSON.stringify(value));
}

function notFound(path: string, place: RegExp): Error {
  return new Error(`${path} has nothing like ${place}, where a line is to be added`);
}
