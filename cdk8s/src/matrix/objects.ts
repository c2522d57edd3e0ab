import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../kube.ts';

/** What is read of any object. */
export type ReadObject = KubeObject & {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
};

export type Labels = Readonly<Record<string, string>>;

/** All objects in a folder's YAML files. @throws Error naming the file that is none */
export function readManifests(folder: string): readonly ReadObject[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((file) => parseManifests(readFileSync(join(folder, file), 'utf8'), file));
}

function parseManifests(text: string, file: string): readonly ReadObject[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${file}: ${error.message}`);
    return document.toJS() as ReadObject;
  });
}

/** The objects of a kind, as whoever asks knows it. */
export function ofKind<T>(objects: readonly ReadObject[], kind: string): readonly (ReadObject & T)[] {
  return objects.filter((object) => object.kind === kind) as (ReadObject & T)[];
}

/** Kinds that either change nothing of who may call what, or are understood here. */
const known = new Set([
  ...['Namespace', 'ServiceAccount', 'ConfigMap', 'Service', 'Deployment', 'StatefulSet'],
  ...['PodDisruptionBudget', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'Issuer', 'Certificate'],
  ...['Server', 'GRPCRoute', 'AuthorizationPolicy', 'MeshTLSAuthentication', 'NetworkAuthentication'],
]);

/** @throws Error for an object that might let somebody in or keep somebody out in ways that are not understood here */
export function refuseUnknown(objects: readonly ReadObject[]): void {
  for (const { kind = '', metadata, spec } of objects as readonly (ReadObject & {
    readonly spec?: Opaque;
  })[]) {
    const route = kind === 'HTTPRoute' && !spec?.parentRefs?.some((parent) => parent.kind === 'Server');
    const open = kind === 'Server' && spec?.accessPolicy !== undefined;
    if ((known.has(kind) || route) && !open) continue;
    throw new Error(`${kind} ${metadata.name} is nothing that this evaluation understands`);
  }
}

type Opaque = { readonly parentRefs?: readonly { readonly kind?: string }[]; readonly accessPolicy?: string };

/** Whether labels are what a selector asks for; an empty one asks for nothing. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          throw new Error(`a selector has the operator ${operator}, which this evaluation does not know`);
      }
    })
  );
}
