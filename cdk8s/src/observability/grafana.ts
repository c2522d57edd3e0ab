import { outputs } from '@hotpath/dashboards';
import { stringify } from 'yaml';
import type { Component } from './component.ts';
import { scrapeInterval } from './prometheus.ts';

const port = 3000;
const dashboardsFolder = '/etc/grafana/hotpath';

/** Where `kubectl port-forward` puts Jaeger: a viewer may not use Explore, so an exemplar leads to Jaeger's own page. */
const jaegerPage = 'http://127.0.0.1:16686/trace/$${__value.raw}'; // $$: a $ for Grafana, which else looks for a variable

const datasources = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      uid: 'prometheus',
      type: 'prometheus',
      access: 'proxy',
      url: 'http://prometheus:9090',
      isDefault: true,
      jsonData: {
        timeInterval: scrapeInterval,
        exemplarTraceIdDestinations: [
          { name: 'trace_id', url: jaegerPage, urlDisplayLabel: "The trace, on Jaeger's page" },
          { name: 'trace_id', datasourceUid: 'jaeger', urlDisplayLabel: 'The trace, in Explore' },
        ],
      },
    },
    { name: 'Jaeger', uid: 'jaeger', type: 'jaeger', access: 'proxy', url: 'http://jaeger:16686' },
  ],
};

const providers = {
  apiVersion: 1,
  providers: [
    {
      name: 'hotpath',
      type: 'file',
      disableDeletion: true,
      options: { path: dashboardsFolder },
    },
  ],
};

const dashboards = Object.fromEntries([...outputs()].filter(([file]) => file.endsWith('.json')));

/**
 * Shows the dashboards of dashboards/ to everybody who reaches it, which is who may forward its port. Nobody can sign
 * in, so there is no password. It asks nobody outside for plugins or news: 12.4 has what it needs in itself, where 13.2
 * would fetch newer versions of its data sources.
 */
export const grafana: Component = {
  name: 'grafana',
  image: 'grafana/grafana:12.4.10',
  uid: 472,
  env: {
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${dashboardsFolder}/overview.json`,
  },
  ports: [{ name: 'http', number: port, protocol: 'HTTP/1', from: [] }],
  probe: { path: '/api/health', port },
  files: {
    '/etc/grafana/provisioning/datasources': { 'datasources.yaml': stringify(datasources) },
    '/etc/grafana/provisioning/dashboards': { 'providers.yaml': stringify(providers) },
    [dashboardsFolder]: dashboards,
  },
  writes: ['/var/lib/grafana', '/tmp'],
  requests: { cpuMillis: 50, memoryMi: 256 },
};
