import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outcomeOf } from '@hotpath/testing';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

/** Our own commands: how npm runs each. The others are those of tools that have manners of their own. */
const commands = Object.entries(scripts).filter(
  ([, line]) => line.startsWith('node scripts/node.mjs ') && !line.includes('node_modules'),
);

/** Runs a command as npm does, with colours wanted by nobody. */
function run(line: string, ...args: string[]) {
  const [, ...words] = line.split(' ');
  const { FORCE_COLOR: _, ...env } = process.env;
  return outcomeOf(process.execPath, [...words, ...args], { ...env, NO_COLOR: '1' }, root);
}

test('there are commands', () => {
  expect(commands.length).toBeGreaterThanOrEqual(20);
});

describe.each(commands)('npm run %s', (name, line) => {
  // What an alias gives beforehand is in the help of the command that it is an alias of.
  const shown = name === 'start' ? 'npm start' : `npm run ${name}`;

  test('says what it takes, and refuses what it has not with where its help is', async () => {
    const [help, refusal] = await Promise.all([run(line, '--help'), run(line, '--no-such-option')]);
    expect(help.code).toBe(0);
    expect(help.output).toContain(shown);
    expect(help.output).toContain('--help');
    expect(help.output).not.toContain('\x1b');
    expect(refusal.output).toMatch(/--no-such-option.*\(npm (start|run [\w:-]+) -- --help\)\n$/);
    expect(refusal.code).toBe(2);
  });
});
