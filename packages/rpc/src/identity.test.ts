import { expect, test } from 'vitest';
import { hostOf, processOf } from './identity.ts';

const name = (subjectAltName: string | undefined, base = 'spiffe://hotpath.local', ca = false) =>
  processOf({ subjectAltName, ca }, base);

test('a process is named by the one URI of its certificate', () => {
  expect(name('URI:spiffe://hotpath.local/pricing')).toBe('pricing');
  expect(name('DNS:localhost, URI:spiffe://hotpath.local/gift-card, IP Address:127.0.0.1')).toBe('gift-card');
  const kubernetes = 'spiffe://cluster.local/ns/shop/sa';
  expect(name(`URI:${kubernetes}/pricing`, kubernetes)).toBe('pricing');
});

test.each([
  ['no names', undefined],
  ['no URI', 'DNS:pricing'],
  ['two URIs', 'URI:spiffe://hotpath.local/pricing, URI:spiffe://hotpath.local/user'],
  ['another trust domain', 'URI:spiffe://evil.local/pricing'],
  ['a trust domain that begins alike', 'URI:spiffe://hotpath.local.pricing'],
  ['a longer path', 'URI:spiffe://hotpath.local/ns/evil/sa/pricing'],
  ['no path', 'URI:spiffe://hotpath.local/'],
  ['another scheme', 'URI:https://hotpath.local/pricing'],
  ['a URI within another name', 'DNS:"x\\u002c URI:spiffe://hotpath.local/pricing"'],
  ['characters that no process has', 'URI:spiffe://hotpath.local/Pricing%2e'],
])('a certificate with %s names no process', (_what, subjectAltName) => {
  expect(name(subjectAltName)).toBeUndefined();
});

test("an authority's certificate names no process", () => {
  expect(name('URI:spiffe://hotpath.local/pricing', undefined, true)).toBeUndefined();
});

test.each([
  ['ecommerce.PricingService', 'pricing'],
  ['shop.v1.GiftCardService', 'gift-card'],
  ['Greeter', 'greeter'],
])('%s is hosted by %s', (service, host) => expect(hostOf(service)).toBe(host));
