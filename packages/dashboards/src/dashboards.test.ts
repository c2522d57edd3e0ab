import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { alerts, recordings } from './alerts.ts';
import { dashboards } from './dashboards.ts';
import { filesFolder, staleIn } from './files.ts';
import { queriesOf } from './panels.ts';
import { metricsOf } from './promql.ts';
import { edges } from './slo.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('what is committed is what npm run dashboards writes', () => {
  expect(staleIn(filesFolder)).toEqual([]);
});

test.each([
  ['sum by (job, le) (rate(a_total{b="c_total"}[5m])) / d_count', ['a_total', 'd_count']],
  ['max by (f) (a) - on (f) group_right () b > 0.5e3 and c offset 5m', ['a', 'b', 'c']],
  ['edge:x:rate5m > 14.4 * 0.001 or vector(0)', ['edge:x:rate5m']],
  ['rate(a{l=~"x|\\"y}"}[$__rate_interval])', ['a']],
])('the metrics of %s', (expr, metrics) => {
  expect([...metricsOf(expr)]).toEqual(metrics);
});

test('every dashboard has a name and an id of its own, and every panel says what to make of it', () => {
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  for (const { title, panels = [] } of dashboards) {
    for (const panel of panels as Panel[]) expect(panel.description, `${title}: ${panel.title}`).toBeTruthy();
  }
  for (const { expr } of dashboards.flatMap(queriesOf)) expect(metricsOf(expr).size, expr).toBeGreaterThan(0);
});

test('every edge of the call graph has one objective, by the budget of its RPC', () => {
  expect(edges.length).toBeGreaterThan(10);
  for (const { caller, method, budgetMs } of edges) {
    const own = recordings.filter(
      ({ record, expr }) =>
        record.endsWith('rate5m') && /rpc_method=~"([^"]+)"/.exec(expr)?.[1]?.split('|').includes(method),
    );
    expect(own, `${caller} → ${method}`).toHaveLength(1);
    const within = Number(own[0]?.labels.within) * 1000;
    expect(within).toBeLessThanOrEqual(budgetMs / 2);
    expect(within).toBeGreaterThan(budgetMs / 5);
  }
});

test('alerts ask only for recordings that there are', () => {
  const recorded = new Set(recordings.map(({ record }) => record));
  const asked = alerts.flatMap(({ expr }) => [...metricsOf(expr)]).filter((name) => name.includes(':'));
  expect(new Set(asked)).toEqual(recorded);
});

test('every alert has a page that says what to do, and every page an alert', () => {
  const pages = new Set(alerts.map(({ annotations }) => annotations.runbook_url));
  expect([...pages].sort()).toEqual(
    readdirSync(`${root}docs/runbooks`).map((file) => `docs/runbooks/${file}`),
  );
  for (const { alert, annotations } of alerts) {
    expect(readFileSync(`${root}${annotations.runbook_url}`, 'utf8')).toMatch(new RegExp(`^# ${alert}\n`));
  }
});

test('every alert is tested to come', () => {
  const { tests } = parse(readFileSync(new URL('rules.promtool.yaml', import.meta.url), 'utf8')) as {
    tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const come = tests
    .flatMap(({ alert_rule_test: checks = [] }) => checks)
    .filter(({ exp_alerts: expected }) => expected.length > 0)
    .map(({ alertname }) => alertname);
  expect(new Set(come)).toEqual(new Set(alerts.map(({ alert }) => alert)));
});
