import { outputs } from '@hotpath/dashboards';
import { stringify } from 'yaml';
import { partOfShop } from '../kube.ts';
import type { Component } from './component.ts';

const folder = '/config';
const data = '/data';
const port = 9090;

/** How often it asks each pod. Grafana must know it, to take a rate over enough answers. */
export const scrapeInterval = '10s';

/** One target for each pod that has a port of that name. */
const podsWith = (shop: string, portName: string) => ({
  kubernetes_sd_configs: [
    {
      role: 'pod',
      namespaces: { names: [shop] },
      selectors: [{ role: 'pod', label: Object.entries(partOfShop)[0]?.join('=') }],
    },
  ],
  relabel_configs: [
    {
      source_labels: ['__meta_kubernetes_pod_container_port_name'],
      regex: portName,
      action: 'keep',
    },
    { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Pending|Succeeded|Failed', action: 'drop' },
    { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'instance' },
  ],
});

/** The job is the process, as dashboards and rules know it. */
const jobOfProcess = {
  source_labels: ['__meta_kubernetes_pod_label_app_kubernetes_io_name'],
  target_label: 'job',
};

function configFor(shop: string) {
  const processes = podsWith(shop, 'admin');
  return {
    global: { scrape_interval: scrapeInterval, evaluation_interval: scrapeInterval },
    rule_files: [`${folder}/rules.yaml`],
    scrape_configs: [
      { job_name: 'shop', ...processes, relabel_configs: [...processes.relabel_configs, jobOfProcess] },
      // None where there is no mesh.
      { job_name: 'linkerd-proxy', ...podsWith(shop, 'linkerd-admin') },
    ],
  };
}

/** Scrapes the processes in the shop's namespace and the proxies beside them, and judges them by dashboards/rules.yaml. */
export function prometheusFor(shop: string): Component {
  return {
    name: 'prometheus',
    image: 'prom/prometheus:v3.16.0',
    uid: 65_534,
    args: [
      `--config.file=${folder}/prometheus.yaml`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=6h',
      '--enable-feature=exemplar-storage',
    ],
    ports: [{ name: 'http', number: port, protocol: 'HTTP/1', from: ['grafana'] }],
    probe: { path: '/-/ready', port },
    files: {
      [folder]: {
        'prometheus.yaml': stringify(configFor(shop)),
        'rules.yaml': outputs().get('rules.yaml') as string,
      },
    },
    writes: [data],
    asksKubernetes: true,
    requests: { cpuMillis: 20, memoryMi: 128 },
  };
}
