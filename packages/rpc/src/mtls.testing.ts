import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, createAuthority } from '@hotpath/certificates';
import { type PriceResponse, PricingService } from '@hotpath/contracts';
import { createLogger } from '@hotpath/telemetry';
import type { Call } from './call.ts';
import { type Handlers, implementPart } from './implement.ts';
import { mutualTls, type Security } from './security.ts';
import { createServer, type ServerInit } from './server.ts';
import { openTlsFolder } from './tls-folder.ts';

/** What the names of the tests' processes begin with. */
export const base = 'spiffe://hotpath.test';
/** A logger that says nothing. */
export const quiet = createLogger({ name: 'test', level: 'silent' });
/** A time so many ms from now. */
export const inMs = (ms: number) => new Date(Date.now() + ms);

/** A new authority for the tests' trust domain. */
export const newAuthority = () => createAuthority('hotpath.test', { notAfter: inMs(86_400_000) });

/** Runs what it was given, the latest first. */
export function cleanUp() {
  const closers: (() => unknown)[] = [];
  return Object.assign((close: () => unknown) => void closers.push(close), {
    async run() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  });
}
type CleanUp = ReturnType<typeof cleanUp>;

/** Writes a process's TLS files as an operator would: one after the other, each at once. */
export function writeTls(folder: string, files: { ca: string; certificate: string; key: string }) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of [
    ['ca.crt', files.ca],
    ['tls.crt', files.certificate],
    ['tls.key', files.key],
  ] as const) {
    writeFileSync(join(folder, 'next'), text);
    renameSync(join(folder, 'next'), join(folder, name));
  }
}

/** A new certificate for `name`, and the files that go with it. */
export async function filesOf(authority: Authority, name: string, ca = authority.certificate) {
  return { ca, ...(await authority.issue(`${base}/${name}`, { notAfter: inMs(3_600_000) })) };
}

/** A folder that goes when the test does. */
export function newFolder(after: CleanUp): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotpath-tls-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Mutual TLS of the process `name` with a certificate of `authority`. */
export async function securityOf(authority: Authority, name: string, after: CleanUp): Promise<Security> {
  const folder = newFolder(after);
  writeTls(folder, await filesOf(authority, name));
  const files = await openTlsFolder({ folder, id: `${base}/${name}`, log: quiet });
  after(files.close);
  return mutualTls(files, base, quiet);
}

const price: PriceResponse = {
  productId: 1n,
  basePrice: 10,
  discountedPrice: 9,
  isOnSale: false,
  saleEndsAt: 0n,
  currency: 'INR',
};

/** PricingService on a free port; `calls` are those whose handler ran. */
export async function startPricing(init: Omit<ServerInit, 'services' | 'onInternal'>, after: CleanUp) {
  const calls: Call[] = [];
  const ran = <T>(call: Call, answer: T): T => {
    calls.push(call);
    return answer;
  };
  const handlers: Partial<Handlers<typeof PricingService>> = {
    getPrice: (_request, call) => ran(call, price),
    async *watchPrice(_request, call) {
      yield ran(call, {
        productId: 1n,
        newPrice: 1,
        reason: 'snapshot',
        sequence: 1n,
        currency: 'INR',
        basePrice: 1,
        isOnSale: false,
        saleEndsAt: 0n,
        traceparent: '',
      });
    },
  };
  const server = createServer({ services: [PricingService], onInternal: () => {}, ...init });
  const port = await server.listen('127.0.0.1:0');
  server.open([implementPart(PricingService, handlers)]);
  after(() => server.drain(500));
  return { address: `127.0.0.1:${port}`, port, calls };
}
