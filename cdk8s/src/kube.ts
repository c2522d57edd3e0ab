import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/** What every Kubernetes object has. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
};

/** Adds a typed object to a construct's chart, which gives it its namespace. */
export function add<T extends KubeObject>(scope: Construct, object: T): void {
  const { apiVersion = '', kind = '', metadata } = object;
  new ApiObject(scope, `${kind} ${metadata?.name}`, { ...object, apiVersion, kind });
}

/** The label by which a workload's pods are selected. */
export const named = (name: string) => ({ 'app.kubernetes.io/name': name });

/** The label of all that belongs to the shop. */
export const partOfShop = { 'app.kubernetes.io/part-of': 'hotpath' };

/** The label that Kubernetes itself gives a namespace. */
export const namespaceNamed = (name: string) => ({ 'kubernetes.io/metadata.name': name });
