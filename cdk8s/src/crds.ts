/** The parts that we use of objects that are not Kubernetes' own: Linkerd's, the Gateway API's, cert-manager's. */

type Meta = { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
type Ref = { readonly group: string; readonly kind: string; readonly name: string };

/** A port of some pods, whose callers are authorised. Source: https://linkerd.io/2/reference/authorization-policy/ */
export type Server = {
  readonly apiVersion: 'policy.linkerd.io/v1beta3';
  readonly kind: 'Server';
  readonly metadata: Meta;
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    /** By name, as the container calls it. */
    readonly port: string;
    readonly proxyProtocol: 'gRPC' | 'HTTP/1' | 'opaque';
  };
};

/** Callers by their identity in the mesh: any of these. */
export type MeshTLSAuthentication = {
  readonly apiVersion: 'policy.linkerd.io/v1alpha1';
  readonly kind: 'MeshTLSAuthentication';
  readonly metadata: Meta;
  readonly spec: {
    readonly identityRefs: readonly {
      readonly kind: 'ServiceAccount';
      readonly name: string;
      readonly namespace?: string;
    }[];
  };
};

/** Callers by their address, in the mesh or not: any of these networks. */
export type NetworkAuthentication = {
  readonly apiVersion: 'policy.linkerd.io/v1alpha1';
  readonly kind: 'NetworkAuthentication';
  readonly metadata: Meta;
  readonly spec: { readonly networks: readonly { readonly cidr: string }[] };
};

/** Lets the callers that pass all authentications in to its target. */
export type AuthorizationPolicy = {
  readonly apiVersion: 'policy.linkerd.io/v1alpha1';
  readonly kind: 'AuthorizationPolicy';
  readonly metadata: Meta;
  readonly spec: { readonly targetRef: Ref; readonly requiredAuthenticationRefs: readonly Ref[] };
};

/** RPCs of a Server (who may call) or of a Service (how they are called). Source: https://gateway-api.sigs.k8s.io */
export type GRPCRoute = {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'GRPCRoute';
  readonly metadata: Meta;
  readonly spec: {
    readonly parentRefs: readonly (Ref & { readonly port?: number })[];
    readonly rules: readonly {
      /** None: every RPC. */
      readonly matches?: readonly {
        readonly method: { readonly service: string; readonly method?: string };
      }[];
      readonly backendRefs?: readonly { readonly name: string; readonly port: number }[];
    }[];
  };
};

/** What a Gateway sends to a Service. */
export type HTTPRoute = {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'HTTPRoute';
  readonly metadata: Meta;
  readonly spec: {
    readonly parentRefs: readonly { readonly name: string; readonly namespace: string }[];
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly backendRefs: readonly { readonly name: string; readonly port: number }[];
      readonly timeouts: { readonly request: string };
    }[];
  };
};

/** Who signs certificates. Source: https://cert-manager.io/docs/reference/api-docs/ */
export type Issuer = {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'Issuer';
  readonly metadata: Meta;
  readonly spec:
    | { readonly selfSigned: Record<string, never> }
    | { readonly ca: { readonly secretName: string } };
};

/** A certificate, kept up to date in a Secret with `ca.crt`, `tls.crt` and `tls.key`. */
export type Certificate = {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'Certificate';
  readonly metadata: Meta;
  readonly spec: {
    readonly secretName: string;
    readonly issuerRef: { readonly name: string; readonly kind: 'Issuer' };
    readonly isCA?: boolean;
    readonly commonName?: string;
    readonly uris?: readonly string[];
    readonly usages: readonly string[];
    readonly duration: string;
    readonly renewBefore: string;
    readonly privateKey: {
      readonly algorithm: 'ECDSA';
      readonly size: 256;
      readonly rotationPolicy: 'Always';
    };
  };
};
