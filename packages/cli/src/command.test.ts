import { fileURLToPath } from 'node:url';
import { outcomeOf } from '@hotpath/testing';
import { expect, test } from 'vitest';

const index = new URL('./index.ts', import.meta.url).href;
const here = fileURLToPath(new URL('.', import.meta.url));

/** Runs a command whose work is `work`. */
function run(work: string, ...args: string[]) {
  const program = `
    import { command, UsageError } from '${index}';
    const init = { name: 'npm run x', help: 'the help\\n', options: { json: { type: 'boolean' } } };
    await command(init, async ({ json }) => { ${work} });
  `;
  return outcomeOf(
    process.execPath,
    ['--input-type=module', '--eval', program, '--', ...args],
    process.env,
    here,
  );
}

test('a command gets its options, --help prints the help instead', async () => {
  const work = 'console.log(json)';
  expect(await run(work, '--json')).toEqual({ code: 0, output: 'true\n' });
  expect(await run(work, '--json', '--help')).toEqual({ code: 0, output: 'the help\n' });
});

test('what is asked for in the wrong way is exit 2 and where the help is, what fails is exit 1', async () => {
  expect(await run('', '--jsno')).toEqual({
    code: 2,
    output: "Unknown option '--jsno' (npm run x -- --help)\n",
  });
  expect(await run('', 'word')).toMatchObject({ code: 2 });
  expect(await run("throw new UsageError('say more')")).toEqual({
    code: 2,
    output: 'say more (npm run x -- --help)\n',
  });
  expect(await run("throw new Error('it broke')")).toEqual({ code: 1, output: 'it broke\n' });
});

test('a reader that leaves before the end is no error', async () => {
  const lines =
    "for (let i = 0; i < 1e5; i++) if (!process.stdout.write('a line\\n')) await new Promise(setImmediate)";
  const program = `
    import { command } from '${index}';
    await command({ name: 'npm run x', help: '' }, async () => { ${lines} });
  `;
  const shell = 'set -o pipefail; "$0" --input-type=module --eval "$1" | head -1';
  expect(await outcomeOf('bash', ['-c', shell, process.execPath, program], process.env, here)).toEqual({
    code: 0,
    output: 'a line\n',
  });
});
