import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Result, tryScenario } from './result.ts';
import type { Check, Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const help = `Runs the chaos scenarios. Exits 1 where one does not hold; without their defences, where one holds, since it
then proves nothing.

  npm run chaos [-- --only 1,2] [--without-defence] [--json FILE] [--verbose]
  npm run chaos -- --list

  --only N,N          only these
  --without-defence   with what each proves switched off
  --list              say what each is given, what befalls it and what must hold
  --json FILE         write the results there
  --verbose           show what the processes log
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    only: { type: 'string' },
    'without-defence': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const chosen = choose(values.only);
if (values.help) process.stdout.write(help);
else if (values.list) list(chosen);
else await runAll(chosen);

function choose(only: string | undefined): readonly Scenario[] {
  if (only === undefined) return scenarios;
  const numbers = only.split(',').map(Number);
  const unknown = numbers.find((number) => !scenarios.some((scenario) => scenario.number === number));
  if (unknown !== undefined) {
    const known = scenarios.map(({ number }) => number).join(', ');
    process.stderr.write(`chaos: there is no scenario ${unknown}; there are ${known}\n`);
    process.exit(1);
  }
  return scenarios.filter(({ number }) => numbers.includes(number));
}

function list(chosen: readonly Scenario[]): void {
  for (const { number, name, given, load, fault, holds, defence, where, needs } of chosen) {
    const places = where.join(', ');
    console.log(`${number}  ${name} (${needs ? `${places}; needs ${needs}` : places})`);
    for (const [label, text] of Object.entries({ given, load, fault, holds, defence })) {
      console.log(`    ${label.padEnd(8)} ${text}`);
    }
  }
}

async function runAll(chosen: readonly Scenario[]): Promise<void> {
  const defended = !values['without-defence'];
  const log = values.verbose ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
  const results: Result[] = [];
  for (const scenario of chosen) {
    try {
      const result = await tryScenario(scenario, defended, { ...(log && { log }) });
      results.push(result);
      print(result, defended);
    } catch (error) {
      process.exitCode = 1;
      console.log(
        `?  ${String(scenario.number).padStart(2)}  ${scenario.name}: not tried: ${(error as Error).message}`,
      );
    }
  }
  const proven = results.filter(({ holds }) => holds === defended).length;
  console.log(
    `${proven} of ${chosen.length} ${defended ? 'hold' : 'fail without their defence, as they must'}`,
  );
  if (proven < chosen.length) process.exitCode = 1;
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}

function print({ number, name, holds, seconds, checks }: Result, defended: boolean): void {
  const mark = holds === defended ? '\u2713' : '\u2717';
  console.log(`${mark}  ${String(number).padStart(2)}  ${name} (${seconds} s)${holds ? '' : ': red'}`);
  for (const check of checks) console.log(`       ${figure(check)}`);
}

function figure({ what, measured, limit, unit, holds }: Check): string {
  const rounded = Math.round(measured * 100) / 100;
  return `${holds ? '\u2713' : '\u2717'} ${what}: ${rounded} ${unit} (limit ${limit})`.replace('  ', ' ');
}
