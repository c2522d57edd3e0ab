import { holds, judge, wordsOf } from './claims.ts';
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
      return one ? `${digits(one.median)} (${digits(one.min)}-${digits(one.max)})` : '';
    });
    return `| ${[isOurs(peer) ? `**${peer}**` : peer, ...cells].join(' | ')} |`;
  });
  return [`| | ${head.join(' | ')} |`, `|---|${head.map(() => '---:|').join('')}`, ...rows].join('\n');
}

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

/** The numbers that the names of a suite's cases begin with. */
export const numbersOf = (cases: readonly Case[], suite: string) => [
  ...new Set(cases.filter((one) => one.suite === suite).map((one) => Number.parseInt(one.case, 10))),
];

/** What is claimed, and whether it holds. Throws where the run lacks a figure for that. */
export function claimsTable(cases: readonly Case[]): string {
  const rows = judge(cases).map(({ claim: { what, target }, measured }) => {
    if (measured === undefined) throw new Error(`the run has no figures for ${what}: a whole one is needed`);
    const verdict = holds(measured, target) ? 'yes' : '**no**';
    return `| ${what} | ${digits(measured)} | ${wordsOf(target)} | ${verdict} |`;
  });
  return ['| what | measured | aimed at | holds |', '|---|---:|---|---|', ...rows].join('\n');
}
