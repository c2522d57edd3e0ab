import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.d.ts';
import type { ConfigMap, ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { Workload } from './catalogue.ts';
import type { Environment } from './environments.ts';
import { add, named, partOfShop } from './kube.ts';
import { podOf } from './pod.ts';
import { hashOf, settingsOf } from './settings.ts';

/** The pods of a workload, and what keeps enough of them: Deployment, budget for disruptions, autoscaler. */
export class Pods extends Construct {
  constructor(scope: Construct, id: string, workload: Workload, environment: Environment) {
    super(scope, id);
    const { name } = workload;
    const settings = settingsOf(workload, environment);
    const config = `${name}-${hashOf(settings)}`;
    const { replicas } = environment;

    add<ServiceAccount>(this, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
      automountServiceAccountToken: false,
    });
    add<ConfigMap>(this, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: config },
      immutable: true,
      data: settings,
    });
    add<Deployment>(this, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels: named(name) },
      spec: {
        // Where an autoscaler decides, a number here would undo its decision at each apply.
        ...(typeof replicas === 'number' && { replicas }),
        selector: { matchLabels: named(name) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: {
            labels: { ...named(name), ...partOfShop },
            // Or its proxy's spans would be told from its own by nothing.
            ...(environment.transport === 'mesh' && {
              annotations: { 'resource.opentelemetry.io/service.name': `${name}-proxy` },
            }),
          },
          spec: podOf(workload, environment, config),
        },
      },
    });
    add<PodDisruptionBudget>(this, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: named(name) },
        // A pod that does not work anyway must not keep a node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
    if (typeof replicas === 'number') return;
    add<HorizontalPodAutoscaler>(this, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: replicas.least,
        maxReplicas: replicas.most,
        metrics: [
          {
            // Of the service alone: a mesh's proxy beside it would blur the average.
            type: 'ContainerResource',
            containerResource: {
              container: name,
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: 70 },
            },
          },
        ],
      },
    });
  }
}
