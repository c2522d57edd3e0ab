import { writeFileSync } from 'node:fs';
import { catalogue } from './catalogue.ts';
import { help, type Options, readOptions } from './options.ts';
import { toHtml } from './report/report.ts';
import { type Attempt, attempts, proves } from './series.ts';
import { showAttempt, showList, showProof, showRounds, showRunning, showTable } from './terminal.ts';

try {
  const options = await readOptions();
  if (options.task === 'help') process.stdout.write(help);
  else if (options.task === 'list') showList(options.chosen);
  else if (options.task === 'catalogue') process.stdout.write(catalogue(options.chosen));
  else await run(options);
} catch (error) {
  process.stderr.write(`chaos: ${(error as Error).message} (npm run chaos -- --help)\n`);
  process.exitCode = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

async function run(options: Options): Promise<void> {
  const done: Attempt[] = [];
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const tried = attempts(options, (scenario, defended) => ({
    onPhase: (phase) => showRunning(scenario, defended, phase),
    ...(options.verbose && { log }),
  }));
  for await (const attempt of tried) {
    showAttempt(attempt);
    done.push(attempt);
  }
  if (options.rounds > 1) showRounds(done);
  else if (options.defences.length > 1) showProof(done);
  else showTable(done);

  const left = done.filter((attempt) => 'notTried' in attempt).length;
  const good = done.filter(proves).length;
  const seconds = done.reduce((sum, attempt) => sum + ('result' in attempt ? attempt.result.seconds : 0), 0);
  console.log(
    `\n${good} of ${done.length - left} are as they must be: ${said(options.defences)}; ${left} not tried; ${Math.round(seconds)} s`,
  );
  if (good === 0 || good < done.length - left) process.exitCode = 1;
  if (options.json) writeFileSync(options.json, toJson(done));
  if (options.report) writeFileSync(options.report, toHtml(done, new Date()));
}

function said([first, second]: readonly boolean[]): string {
  if (second !== undefined) return 'green with their defence, red without';
  return first ? 'green' : 'red without their defence';
}

function toJson(done: readonly Attempt[]): string {
  const results = done.flatMap((attempt) => {
    if (!('result' in attempt)) return [];
    const { recording: _, ...result } = attempt.result;
    return [{ ...result, round: attempt.round }];
  });
  return `${JSON.stringify(results, undefined, 2)}\n`;
}
