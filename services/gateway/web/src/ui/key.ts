/** A new Idempotency-Key. By hand, as `crypto.randomUUID` is only where there is TLS or localhost. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
