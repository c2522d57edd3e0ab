import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { callGraph, rpcsOf } from '@hotpath/contracts';
import { outcomeOf } from '@hotpath/testing';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../cdk8s/src/catalogue.ts';
import { blocksOf, commandsOf, pages } from './docs-commands.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const isThere = (path: string) => expect(existsSync(`${root}${path}`), path).toBe(true);
const argumentOf = (words: string[], ...names: string[]) =>
  words[words.findIndex((word) => names.includes(word)) + 1];

/** What is not run, since it needs a cluster, a server or minutes, is held to what can be known without. */
const checks: Record<string, (words: string[]) => Promise<void> | void> = {
  npm: ofNpm,
  kubectl(words) {
    const file = words.includes('-f') ? argumentOf(words, '-f') : undefined;
    if (file !== undefined && file !== '-' && !file.startsWith('https:')) isThere(file);
    const names = words.flatMap((word) => /^(?:deployment|service)\/(.+)$/.exec(word)?.[1] ?? []);
    const known = [...catalogue.map(({ name }) => name), 'grafana', 'jaeger', 'prometheus'];
    for (const name of names) expect(known).toContain(name);
  },
  skaffold(words) {
    const { profiles } = parse(read('skaffold.yaml')) as { profiles: { name: string }[] };
    const asked = words.includes('-p') ? (argumentOf(words, '-p') ?? '').split(',') : [];
    for (const name of asked) expect(profiles.map((one) => one.name)).toContain(name.replace(/^-/, ''));
  },
  kind: (words) => isThere(argumentOf(words, '--config') ?? ''),
  helm: (words) => isThere(words[3] ?? ''),
  grpcurl(words) {
    if (!words.includes('-proto')) return; // it asks the server
    isThere(`protos/${argumentOf(words, '-proto')}`);
    const called = Object.values(callGraph).flatMap(({ calls }) => rpcsOf(calls).map(({ path }) => path));
    expect(called).toContain(`/${words.at(-1)}`);
  },
};

/** Programs whose commands no check here can judge, and what else does. */
const judgedElsewhere: Record<string, string> = {
  curl: 'tests/e2e/docs.test.ts and tests/e2e/faults.test.ts run those that ask the shop; one fetches the command line of Linkerd',
  sed: 'tests/e2e/docs.test.ts',
  tar: 'tests/heavy/backup.test.ts runs all of docs/data.md',
  mkdir: 'tests/heavy/backup.test.ts',
  pg_dump: 'tests/heavy/backup.test.ts',
  pg_restore: 'tests/heavy/backup.test.ts',
  psql: 'tests/heavy/backup.test.ts',
  grpc_health_probe: 'tests/heavy/tools.test.ts',
  linkerd: 'scripts/cluster.test.ts: npm run cluster -- --mesh does the same',
  git: 'whoever reads the page has the repository',
  cd: 'goes to a folder that a command before has made',
  export: 'sets what the commands after it read',
  sh: 'runs what curl has fetched',
  npx: 'packages/xray/src/run.test.ts',
};

/** An npm script that exists, with options that its --help has. */
async function ofNpm([, verb, ...rest]: string[]): Promise<void> {
  if (verb === 'ci') return;
  const [script = '', ...args] =
    verb === 'run' ? rest.filter((word) => word !== '-s') : [verb ?? '', ...rest];
  const place = args.includes('-w') ? `${argumentOf(args, '-w')}/package.json` : 'package.json';
  const command = JSON.parse(read(place)).scripts[script] as string | undefined;
  expect(command, `script ${script} of ${place}`).toBeDefined();
  const options = args.filter((word) => word.startsWith('--') && word !== '--');
  if (options.length === 0) return;
  const help = await helpOf(command ?? '');
  for (const option of options) expect(help, `npm run ${script} -- --help`).toContain(option);
}

const helps = new Map<string, Promise<string>>();

function helpOf(command: string): Promise<string> {
  const [program, ...args] = command.split(' ');
  expect(program).toBe('node');
  const help =
    helps.get(command) ?? outcomeOf(process.execPath, [...args, '--help']).then(({ output }) => output);
  helps.set(command, help);
  return help;
}

test('commands are taken apart as bash does it', () => {
  const text = `A=1 npm run x -- --one 'a | b' # no\nT=$(curl -s u \\\n  -d '{"a":"b c"}' | sed "s/x/y/") && z &\n`;
  expect(commandsOf({ page: '', text })).toEqual([
    ['npm', 'run', 'x', '--', '--one', 'a | b'],
    ['curl', '-s', 'u', '-d', '{"a":"b c"}'],
    ['sed', 's/x/y/'],
    ['z'],
  ]);
});

test.each(pages.filter((page) => blocksOf(page).length > 0))(
  'the commands of %s can be given',
  async (page) => {
    const commands = blocksOf(page).flatMap(commandsOf);
    await Promise.all(
      commands.map(async (words) => {
        const check = checks[words[0] ?? ''];
        if (check) await check(words);
        else expect(Object.keys(judgedElsewhere)).toContain(words[0]);
      }),
    );
  },
);

test('the tests that are said to judge the others are there', () => {
  for (const reason of Object.values(judgedElsewhere)) {
    const [file] = /(?:tests|scripts|packages)\/\S+\.test\.ts/.exec(reason) ?? [];
    if (file) isThere(file);
  }
});
