import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { catalogue, scenarios } from '@hotpath/chaos';
import { outcomeOf } from '@hotpath/testing';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = await readFile(`${root}docs/chaos.md`, 'utf8');

test('docs/chaos.md lists all scenarios as npm run chaos -- --list --markdown prints them', () => {
  const [, table] = /<!-- catalogue -->\n([\s\S]*?\n)\n/.exec(page) ?? [];
  expect(table).toBe(catalogue(scenarios));
});

test('the code of docs/chaos.md is that of the files it names, and its scenario is proven by the command it shows', async () => {
  const examples = [...page.matchAll(/<!-- (\S+\.ts) -->\n```ts\n([\s\S]*?)```\n/g)];
  expect(examples).toHaveLength(2);
  for (const [, file, code] of examples) expect(code).toBe(await readFile(`${root}${file}`, 'utf8'));
  const [, args = ''] = /npm run chaos -- (--from .*)\n/.exec(page) ?? [];
  const command = ['--prefix', root, 'run', '-s', 'chaos', '--', ...args.split(' ')];
  expect(await outcomeOf('npm', command)).toMatchObject({
    code: 0,
    output: expect.stringContaining('2 of 2 are as they must be'),
  });
});
