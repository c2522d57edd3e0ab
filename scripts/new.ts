import { fileURLToPath } from 'node:url';
import { command, UsageError } from '@hotpath/cli';
import { catalogue } from '../cdk8s/src/catalogue.ts';
import { apply, derived } from './new/apply.ts';
import { type Draft, draftOf } from './new/draft.ts';
import { capital } from './new/names.ts';
import { draftRpc } from './new/rpc.ts';
import { draftService } from './new/service.ts';

const help = `Makes a service, or an RPC of one, that runs: contract, budget, code, store, migration, tests, an edge from the
gateway in the call graph, a workload with its policies, rows in the dashboards. All of it, or nothing where a step fails.

  npm run new -- service NAME [RPC]   a service NAME, one word in lower case, with one RPC: GetNAME unless given
  npm run new -- rpc SERVICE RPC      one more RPC of a service, a verb and what it is about: GetReview

  --dry-run  write nothing, and list what would be written
  --json     print {"written": [PATH, ...], "derived": [FOLDER, ...]} instead
  --help     print this

Its RPCs read rows by their ids: change them to what you need. docs/forking.md says what is where.
`;

const root = fileURLToPath(new URL('..', import.meta.url));

await command(
  {
    name: 'npm run new',
    help,
    options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
    words: true,
  },
  (values, words) => main(words, values['dry-run'] === true, values.json === true),
);

async function main(words: readonly string[], dryRun: boolean, json: boolean): Promise<void> {
  const draft = draftOf(root);
  draftAsked(draft, words);
  const started = performance.now();
  const say = (line: string) => void (json || process.stdout.write(`${line}\n`));
  if (!dryRun) await apply(root, draft, (step) => say(`  ${step}`));
  const folders = derived.map(({ folder }) => folder);
  if (json) {
    process.stdout.write(`${JSON.stringify({ written: [...draft.changed.keys()], derived: folders })}\n`);
    return;
  }
  say(`\n${dryRun ? 'Would write' : 'Wrote'}`);
  for (const path of draft.changed.keys()) say(`  ${path}`);
  say(`  and what derives from them, in ${folders.join(', ')}`);
  if (dryRun) return;
  const service = words[1];
  say(`
Done in ${((performance.now() - started) / 1000).toFixed(1)} s. What you can do next:

  npm start                                 runs it with the others
  npm test -- services/${service}
  npm run budgets                           where its call stands among the others`);
}

function draftAsked(draft: Draft, [kind, ...names]: readonly string[]): void {
  const [first, second] = names;
  if (kind === 'service' && first && names.length <= 2) {
    draftService(draft, first, second ?? `Get${capital(first)}`, catalogue);
  } else if (kind === 'rpc' && first && second && names.length === 2) {
    draftRpc(draft, first, second);
  } else {
    throw new UsageError('say "service NAME [RPC]" or "rpc SERVICE RPC"');
  }
}
