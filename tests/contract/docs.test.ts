import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

test.each(['docs/rpc.md'])('the examples of %s are files that run and print what it says', async (page) => {
  const text = await readFile(`${root}${page}`, 'utf8');
  const examples = [
    ...text.matchAll(
      /<!-- (\S+\.ts) -->\n```ts\n([\s\S]*?)```\n(?:\nprints\n\n<!-- output -->\n```text\n([\s\S]*?)```)?/g,
    ),
  ];
  expect(examples.length).toBeGreaterThan(0);
  for (const [, file, code, output] of examples) {
    expect(code).toBe(await readFile(`${root}${file}`, 'utf8'));
    const { stdout } = await run(process.execPath, [`${root}${file}`], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    if (output !== undefined) expect(stdout).toBe(output);
  }
});

test('the policies that docs/rpc.md lists are those of server and client, in their order', async () => {
  const page = await readFile(`${root}docs/rpc.md`, 'utf8');
  for (const side of ['server', 'client']) {
    const [, table = ''] =
      new RegExp(`\\| ${side} \\| why there \\|\n\\|---\\|---\\|\n((?:\\|.*\n)+)`).exec(page) ?? [];
    const listed = [...table.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name);
    const source = await readFile(`${root}packages/rpc/src/${side}.ts`, 'utf8');
    const [, list = ''] = /const policies: readonly Policy\[\] = \[\n([\s\S]*?)\n {2}\];/.exec(source) ?? [];
    const composed = [...list.matchAll(/^\s+([\w.]+)[(,]/gm)].map(([, name]) => name);
    expect(listed.length).toBeGreaterThan(2);
    expect(listed).toEqual(composed);
  }
});
