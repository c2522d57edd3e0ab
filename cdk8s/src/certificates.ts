import { Construct } from 'constructs';
import type { WorkloadName } from './catalogue.ts';
import type { Certificate, Issuer } from './crds.ts';
import type { Environment } from './environments.ts';
import { add } from './kube.ts';

/** The Secret with a workload's `ca.crt`, `tls.crt` and `tls.key`. */
export const tlsSecretOf = (name: string) => `${name}-tls`;

const authority = 'hotpath-ca';
const privateKey = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' } as const;

/** An authority of the namespace's own, kept by cert-manager: what another one signs is nobody's here. */
export class Authority extends Construct {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    add<Issuer>(this, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: 'self-signed' },
      spec: { selfSigned: {} },
    });
    add<Certificate>(this, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: authority },
      spec: {
        secretName: authority,
        issuerRef: { name: 'self-signed', kind: 'Issuer' },
        isCA: true,
        commonName: `${environment.namespace} CA`,
        usages: ['cert sign', 'crl sign'],
        duration: '87600h',
        renewBefore: '8760h',
        privateKey,
      },
    });
    add<Issuer>(this, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: authority },
      spec: { ca: { secretName: authority } },
    });
  }
}

/** A workload's certificate: a week, and a new one every five days, which its process takes up while it runs. */
export class Identity extends Construct {
  constructor(scope: Construct, id: string, name: WorkloadName, { spiffeBase }: Environment) {
    super(scope, id);
    add<Certificate>(this, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name },
      spec: {
        secretName: tlsSecretOf(name),
        issuerRef: { name: authority, kind: 'Issuer' },
        uris: [`${spiffeBase}/${name}`],
        usages: ['digital signature', 'server auth', 'client auth'],
        duration: '168h',
        renewBefore: '48h',
        privateKey,
      },
    });
  }
}
