import type { Environment } from '../environments.ts';
import { collector } from './collector.ts';
import type { Component, ComponentPort } from './component.ts';
import { grafana } from './grafana.ts';
import { jaeger } from './jaeger.ts';
import { prometheusFor } from './prometheus.ts';

/** What looks at the shop of a cluster on one machine. */
export type Observability = {
  /** Its folder below k8s/. */
  readonly name: string;
  readonly namespace: string;
  /** The shop: its namespace, and how its pods are reached. */
  readonly shop: Pick<Environment, 'name' | 'namespace' | 'transport'>;
};

/** All of it, for a shop in that namespace. */
export const componentsFor = (shop: string): readonly Component[] => [
  collector,
  jaeger,
  prometheusFor(shop),
  grafana,
];

/** The ports that a component connects to, and whose they are. */
export function calleesOf(
  { name }: Component,
  components: readonly Component[],
): readonly { readonly callee: Component; readonly port: ComponentPort }[] {
  return components.flatMap((callee) =>
    callee.ports.filter(({ from }) => from.includes(name)).map((port) => ({ callee, port })),
  );
}
