import type { Scenario } from './scenario.ts';

/** All scenarios as a table in Markdown. */
export function catalogue(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(({ number, name, holds, where, needs, meshed, fast }) => {
    const conditions = [
      ...where,
      ...(needs === 'postgres' ? ['PostgreSQL'] : []),
      ...(meshed ? ['Linkerd'] : []),
      ...(fast ? ['fast'] : []),
    ];
    return `| ${number} | ${name} | ${holds} | ${conditions.join(', ')} |`;
  });
  return ['| # | what happens | what must hold | where |', '|---|---|---|---|', ...rows, ''].join('\n');
}
