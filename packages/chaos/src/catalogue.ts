import type { Scenario } from './scenario.ts';

/** All scenarios as a table in Markdown. */
export function catalogue(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map((scenario) => {
    const { number, name, holds } = scenario;
    return `| ${number} | ${name} | ${holds} | ${onProcesses(scenario)} | ${inCluster(scenario)} |`;
  });
  const head = [
    '| # | what happens | what must hold | on processes | in a cluster |',
    '|---|---|---|---|---|',
  ];
  return [...head, ...rows, ''].join('\n');
}

function onProcesses({ where, fast, needs }: Scenario): string {
  if (!where.includes('local')) return '';
  return [fast ? 'fast' : 'yes', ...(needs === 'postgres' ? ['PostgreSQL'] : [])].join(', ');
}

function inCluster({ cluster, meshed }: Scenario): string {
  if (!cluster) return '';
  return [meshed ? 'needs Linkerd' : 'yes', ...(cluster.alwaysDefended ? ['green only'] : [])].join(', ');
}
