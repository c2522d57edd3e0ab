import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A block of shell commands in a page. */
export type Block = { readonly page: string; readonly text: string };

/** The pages whose commands people copy. */
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'charts/hotpath/README.md',
  'packages/xray/README.md',
  ...['docs', 'docs/runbooks'].flatMap((folder) =>
    readdirSync(`${root}${folder}`)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** All blocks of a page that are marked as sh. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(`${root}${page}`, 'utf8');
  const found = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```/gm)];
  return found.map(([, indent = '', block = '']) => ({ page, text: block.replaceAll(`\n${indent}`, '\n') }));
}

/**
 * The words of each command in a block: lines, pipes, && and $( ) taken apart, settings before a command and comments
 * left out, quotes taken off. What of bash's grammar the pages do not use is not known here.
 */
export function commandsOf({ text }: Block): string[][] {
  const parts = text
    .replaceAll('\\\n', ' ')
    .match(/'[^']*'|"(?:\\.|[^"])*"|#[^\n]*|\$\(|&&|[\n|&;)]|\s|(?:[^\s'"#|&;()$]|\$(?!\())+|./g);
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined && (words.length > 0 || !/^[A-Z_]+=/.test(word))) words.push(word);
    word = undefined;
  };
  for (const part of parts ?? []) {
    if (part.startsWith('#') && word === undefined) continue;
    if (/^(\$\(|&&|[\n|&;)])$/.test(part)) {
      endWord();
      if (words.length > 0) commands.push(words);
      words = [];
    } else if (/^\s$/.test(part)) endWord();
    else word = (word ?? '') + part.replace(/^(['"])([\s\S]*)\1$/, '$2');
  }
  endWord();
  return words.length > 0 ? [...commands, words] : commands;
}
