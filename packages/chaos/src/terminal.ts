import { stripVTControlCharacters, styleText } from 'node:util';
import type { Phase } from './recording.ts';
import type { Scenario } from './scenario.ts';
import { type Attempt, proves } from './series.ts';
import { figure, limitOf, rounded, verdict } from './words.ts';

type Style = Parameters<typeof styleText>[0];

/** Heeds NO_COLOR and whether it is a terminal that reads it. */
const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout });

/** What runs now, in the terminal's last line; nothing where it is no terminal. */
export function showRunning(scenario: Scenario, defended: boolean, phase: Phase): void {
  if (!process.stdout.isTTY) return;
  const what = `${numberOf(scenario)}  ${scenario.name}${defended ? '' : ', without its defence'}`;
  process.stdout.write(`\r\x1b[K${paint('cyan', '▸')}  ${what}: ${paint('bold', phase)}`);
}

/** What came of one attempt, with all its figures. */
export function showAttempt(attempt: Attempt): void {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  const { scenario, defended } = attempt;
  const what = `${numberOf(scenario)}  ${scenario.name}${defended ? '' : ', without its defence'}`;
  if ('notTried' in attempt) console.log(`${paint('dim', '-')}  ${what}: not tried: ${attempt.notTried}`);
  else if ('failed' in attempt) {
    console.log(`${paint('red', '?')}  ${what}: could not be tried: ${attempt.failed}`);
  } else {
    const { holds, seconds, checks } = attempt.result;
    console.log(`${mark(proves(attempt))}  ${what} (${seconds} s): ${holds ? 'green' : 'red'}`);
    for (const check of checks) {
      console.log(`       ${check.holds ? '✓' : '✗'} ${check.what}: ${figure(check)}`);
    }
  }
}

/** What is measured beside its limit, one row an attempt. */
export function showTable(attempts: readonly Attempt[]): void {
  const rows = attempts.map((attempt) => [...head(attempt), verdict(attempt)]);
  show([['', ' #', 'scenario', 'measured, and its limit'], ...rows]);
}

/** Each scenario with its defence beside itself without. */
export function showProof(attempts: readonly Attempt[]): void {
  const rows = attempts
    .filter(({ defended }) => defended)
    .map((attempt) => {
      const { scenario, round } = attempt;
      const other = attempts.find((one) => one.scenario === scenario && one.round === round && !one.defended);
      const proven = proves(attempt) && other !== undefined && proves(other);
      return [
        'notTried' in attempt ? '-' : mark(proven),
        numberOf(scenario),
        scenario.name,
        verdict(attempt),
        other ? verdict(other) : '',
      ];
    });
  show([['', ' #', 'scenario', 'with its defence', 'without'], ...rows]);
}

/** The figures of all rounds, a row for each of a scenario's checks. */
export function showRounds(attempts: readonly Attempt[]): void {
  const rows = [
    ...Map.groupBy(attempts, ({ scenario, defended }) => `${scenario.number} ${defended}`).values(),
  ];
  for (const group of rows) {
    const [{ scenario, defended } = attempts[0] as Attempt] = group;
    const good = group.filter(proves).length;
    const without = defended ? '' : ', without its defence';
    console.log(
      `\n${mark(good === group.length)}  ${numberOf(scenario)}  ${scenario.name}${without}: ${good} of ${group.length}`,
    );
    const checks = group.flatMap((attempt) => ('result' in attempt ? attempt.result.checks : []));
    for (const [what, ofAll] of Map.groupBy(checks, (check) => check.what)) {
      const figures = ofAll.map(({ measured }) => rounded(measured)).join(', ');
      console.log(`       ${what}: ${figures} ${ofAll[0] ? limitOf(ofAll[0]) : ''}`);
    }
  }
}

/** What each scenario is. */
export function showList(chosen: readonly Scenario[]): void {
  for (const scenario of chosen) {
    const { given, load, fault, holds, defence, cluster } = scenario;
    console.log(
      `${numberOf(scenario)}  ${paint('bold', scenario.name)} (${conditions(scenario).join('; ')})`,
    );
    for (const [label, text] of Object.entries({ given, load, fault, holds, defence })) {
      console.log(`    ${label.padEnd(8)} ${text}`);
    }
    if (cluster) console.log(`    cluster  ${cluster.shown}`);
    if (cluster?.alwaysDefended) {
      console.log(`             never without its defence: ${cluster.alwaysDefended}`);
    }
    if (cluster?.defendedByMesh) {
      console.log(`             with Linkerd never without its defence: ${cluster.defendedByMesh}`);
    }
  }
}

/** Where a scenario can be run, and with what. */
export function conditions({ where, needs, meshed, fast }: Scenario): string[] {
  return [
    where.join(', '),
    ...(fast ? ['fast'] : []),
    ...(needs === 'postgres' ? ['needs PostgreSQL'] : []),
    ...(meshed ? ['needs Linkerd in a cluster'] : []),
  ];
}

function head(attempt: Attempt): string[] {
  const { scenario } = attempt;
  return ['notTried' in attempt ? '-' : mark(proves(attempt)), numberOf(scenario), scenario.name];
}

const numberOf = ({ number }: Scenario) => String(number).padStart(2);
const mark = (good: boolean) => (good ? paint('green', '✓') : paint('red', '✗'));

function show(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => plain(row[column]).length))) ?? [];
  console.log();
  for (const row of rows) {
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - plain(cell).length));
    console.log(cells.join('  ').trimEnd());
  }
}

const plain = (cell = '') => stripVTControlCharacters(cell);
