import { Construct } from 'constructs';
import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import type { Environment } from './environments.ts';
import { add, named, namespaceNamed, partOfShop } from './kube.ts';
import { policy, proxyPorts, tcp } from './network.ts';
import { tracesConfig } from './settings.ts';

/** Where spans go. */
export type TracesInit = Pick<Environment, 'transport'> & {
  /** The collector's Service, which is also its pods' label app.kubernetes.io/name, and its namespace. */
  readonly service: string;
  readonly namespace: string;
  /** For OTLP over HTTP, of Service and pods alike. */
  readonly port: number;
  /** The part of traces that are exported, 0 to 1. */
  readonly ratio: string;
};

/**
 * What has the processes of a namespace send spans: settings for whichever starts when they are there, and a policy
 * that lets the spans out. In a mesh the proxies send their own, to the port for OTLP over gRPC.
 */
export class Traces extends Construct {
  constructor(scope: Construct, id: string, { transport, service, namespace, port, ratio }: TracesInit) {
    super(scope, id);
    add<ConfigMap>(this, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: tracesConfig },
      data: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://${service}.${namespace}:${port}`,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: ratio,
      },
    });
    policy(this, tracesConfig, {
      podSelector: { matchLabels: partOfShop },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: namespaceNamed(namespace) },
              podSelector: { matchLabels: named(service) },
            },
          ],
          ports: tcp(...(transport === 'mesh' ? [proxyPorts.inbound, otlpGrpcPort] : []), port),
        },
      ],
    });
  }
}

/** Linkerd's proxies speak nothing else. */
const otlpGrpcPort = 4317;
