/**
 * Names of processes in certificates. A process `pricing` holds the one URI `SPIFFE_BASE/pricing`:
 * `spiffe://hotpath.local/pricing`, or, with `SPIFFE_BASE=spiffe://cluster.local/ns/shop/sa`, the name that
 * Kubernetes' issuers give its service account.
 * Source: https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md
 */

/** What of a certificate says who holds it, as Node gives it. */
export type Holder = {
  /** `URI:spiffe://hotpath.local/pricing, DNS:localhost`. */
  readonly subjectAltName: string | undefined;
  /** Whether it may sign others. */
  readonly ca: boolean;
};

/** The SPIFFE ID of a certificate's holder; undefined where it has none, several, or is an authority's. */
export function spiffeIdOf({ subjectAltName, ca }: Holder): string | undefined {
  // Node quotes a name that holds a comma and escapes it, so that this cannot split within a name.
  const uris = subjectAltName?.split(', ').filter((name) => name.startsWith('URI:')) ?? [];
  return ca || uris.length !== 1 ? undefined : uris[0]?.slice('URI:'.length);
}

/** The name of the process that holds a certificate; undefined where it is not below `spiffeBase`. */
export function processOf(holder: Holder, spiffeBase: string): string | undefined {
  const id = spiffeIdOf(holder);
  if (!id?.startsWith(`${spiffeBase}/`)) return undefined;
  const name = id.slice(spiffeBase.length + 1);
  return /^[a-z0-9-]+$/.test(name) ? name : undefined;
}

/**
 * The process that hosts a service, by how services are named: `ecommerce.PricingService` is hosted by
 * `pricing`, `shop.GiftCardService` by `gift-card`.
 */
export function hostOf(service: string): string {
  const name = service.slice(service.lastIndexOf('.') + 1).replace(/Service$/, '');
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
