import { holds, judge, targetOf } from './claims.ts';
import type { Case } from './measure.ts';
import { barPlot, type Line } from './plot.ts';
import { digits } from './report.ts';

/** Peers in which the kit is. */
const isOurs = (peer: string) => peer.startsWith('hotpath');

/** The cases of that name. */
export const of = (cases: readonly Case[], suite: string, what: string) =>
  cases.filter((one) => one.suite === suite && one.case === what);

/** The unit of that case. */
export const unitOf = (cases: readonly Case[], suite: string, what: string) =>
  of(cases, suite, what)[0]?.unit ?? '';

/** The same keys, with other values. */
export const mapValues = (values: Readonly<Record<string, string>>, to: (value: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, to(value)]));

/** A row for each peer, a column for each case; what a peer has not is left empty. */
export function tableOf(
  cases: readonly Case[],
  suite: string,
  columns: Readonly<Record<string, string>>,
): string {
  const wanted = Object.values(columns);
  const present = cases.filter((one) => one.suite === suite && wanted.includes(one.case));
  if (present.length === 0) throw new Error(`the run has nothing of ${suite}: a whole one is needed`);
  const head = Object.entries(columns).map(([title, what]) => {
    const unit = unitOf(cases, suite, what);
    return title === unit ? title : `${title}, ${unit}`;
  });
  const rows = [...new Set(present.map(({ peer }) => peer))].map((peer) => {
    const cells = wanted.map((what) => {
      const one = present.find((each) => each.case === what && each.peer === peer);
      return cellOf(one);
    });
    return `| ${[isOurs(peer) ? `**${peer}**` : peer, ...cells].join(' | ')} |`;
  });
  return [`| | ${head.join(' | ')} |`, `|---|${head.map(() => '---:|').join('')}`, ...rows].join('\n');
}

/** The median with the least and the greatest; nothing where there is no case. */
const cellOf = (one: Case | undefined) =>
  one ? `${digits(one.median)} (${digits(one.min)}-${digits(one.max)})` : '';

/** Bars, one for each case. */
export function barsOf(title: string, cases: readonly Case[]): string {
  const bars = cases.map(({ peer, median, min, max }) => ({
    label: peer,
    value: median,
    min,
    max,
    text: digits(median),
    strong: isOurs(peer),
  }));
  return barPlot(title, bars);
}

/** A line for each peer over the numbers that its cases begin with. */
export function linesOf(cases: readonly Case[], suite: string, at: readonly number[], what: string): Line[] {
  const found = cases.filter((one) => one.suite === suite && one.case.endsWith(` ${what}`));
  return [...new Set(found.map(({ peer }) => peer))].map((label) => ({
    label,
    points: at.flatMap((x): [number, number][] => {
      const one = found.find(({ peer, case: name }) => peer === label && name === `${x} ${what}`);
      return one ? [[x, one.median]] : [];
    }),
  }));
}

/** The numbers that the names of a suite's cases begin with, those of which `what` follows. */
export const numbersOf = (cases: readonly Case[], suite: string, what = '') => [
  ...new Set(
    cases
      .filter((one) => one.suite === suite && one.case.replace(/^\d+ /, '').startsWith(what))
      .map((one) => Number.parseInt(one.case, 10)),
  ),
];

/** A row for each of the numbers that cases of `what` begin with, a column for each of their figures and peers. */
export function growthTable(cases: readonly Case[], suite: string, what: string): string {
  const rows = numbersOf(cases, suite, what);
  const found = cases.filter(
    (one) => one.suite === suite && rows.some((row) => one.case.startsWith(`${row} ${what},`)),
  );
  if (found.length === 0) throw new Error(`the run has nothing of ${what}: a whole one is needed`);
  const figureOf = (one: Case) => one.case.slice(one.case.indexOf(`${what}, `) + what.length + 2);
  const columns = [...new Map(found.map((one) => [`${figureOf(one)}|${one.peer}`, one])).values()];
  const head = columns.map((one) => {
    const figure = figureOf(one);
    return `${one.peer}: ${figure === one.unit.split('/')[0] ? one.unit : `${figure}, ${one.unit}`}`;
  });
  const lines = rows.map((row) => {
    const cells = columns.map((column) => {
      const one = found.find(
        (each) => each.case === `${row} ${what}, ${figureOf(column)}` && each.peer === column.peer,
      );
      return cellOf(one);
    });
    return `| ${[row.toLocaleString('en'), ...cells].join(' | ')} |`;
  });
  return [`| ${[what, ...head].join(' | ')} |`, `|---:|${head.map(() => '---:|').join('')}`, ...lines].join(
    '\n',
  );
}

/** What is aimed at, and whether it is reached; what is no part of a whole run may be missing. */
export function claimsTable(cases: readonly Case[]): string {
  const rows = judge(cases).map((judged) => {
    const {
      claim: { what },
      measured,
      target,
    } = judged;
    if (measured === undefined) return `| ${what} | not measured | ${targetOf(judged)} | |`;
    const verdict = holds(measured, target) ? 'yes' : '**no**';
    return `| ${what} | ${digits(measured)} | ${targetOf(judged)} | ${verdict} |`;
  });
  return ['| what | measured | aimed at | holds |', '|---|---:|---|---|', ...rows].join('\n');
}
