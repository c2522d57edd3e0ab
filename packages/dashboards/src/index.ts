export { type AlertRule, alerts, recordings } from './alerts.ts';
export { dashboards } from './dashboards.ts';
export { filesFolder, outputs } from './files.ts';
export { queriesOf } from './panels.ts';
export { metricsOf } from './promql.ts';
