import { type CallGraph, callersOf } from '@hotpath/contracts';
import type { Certificate } from '../crds.ts';
import { ofKind, type ReadObject } from './objects.ts';
import type { Pod } from './pods.ts';
import type { Target } from './targets.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/**
 * What a service itself says to a call, where its TRANSPORT_SECURITY is mtls: health to everyone, an RPC to the
 * processes that the call graph has as its callers, by the names in their certificates.
 */
export function judgeService(
  objects: readonly ReadObject[],
  graph: CallGraph,
  from: Pod,
  { pod, path, protocol, health }: Target,
): Verdict {
  if (pod.settings.TRANSPORT_SECURITY !== 'mtls' || protocol !== 'gRPC' || health) return allowed;
  const caller = holderOf(objects, from, pod.settings.SPIFFE_BASE ?? '');
  if (caller === undefined) {
    return refused('service', 'UNAUTHENTICATED', `${from.name} has no certificate that ${pod.name} trusts`);
  }
  if (callersOf(graph, path).has(caller)) return allowed;
  return refused('service', 'PERMISSION_DENIED', `${pod.name}: ${caller} may not call ${path}`);
}

/**
 * The name in the certificate that a pod has mounted: of a Secret that cert-manager writes by its Certificate, of one
 * that comes from `npm run certs` by the Secret's name.
 */
function holderOf(objects: readonly ReadObject[], { tlsSecret }: Pod, base: string): string | undefined {
  const certificate = ofKind<Certificate>(objects, 'Certificate').find(
    ({ spec }) => spec.secretName === tlsSecret,
  );
  if (!certificate) return tlsSecret?.replace(/-tls$/, '');
  const [uri] = certificate.spec.uris ?? [];
  return uri?.startsWith(`${base}/`) ? uri.slice(base.length + 1) : undefined;
}
