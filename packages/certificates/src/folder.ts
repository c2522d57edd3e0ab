import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, createAuthority, type KeyPair, loadAuthority } from './authority.ts';

const dayMs = 24 * 60 * 60 * 1000;
const authorityMs = 30 * dayMs;
const certificateMs = 7 * dayMs;
/** A certificate with less than this left is made anew: what starts with it can run that long. */
const leastMs = dayMs;

/** What `ensureCertificates` is told. */
export type CertificatesInit = {
  /** Gets `ca/` and a folder per name, each with `ca.crt`, `tls.crt` and `tls.key`. */
  readonly folder: string;
  /** Who needs a certificate. */
  readonly names: readonly string[];
  /** What the URI of `name` begins with: `spiffe://hotpath.local` gives `spiffe://hotpath.local/name`. */
  readonly spiffeBase: string;
  /** Makes new certificates also where the present ones are good. The authority stays while it is good. */
  readonly force?: boolean;
};

/**
 * Makes certificates for development where they are missing, expire within a day, or are not of this folder's
 * authority. Only their owner can read them (0600). Each file is replaced at once, so that whoever watches the
 * folder never reads a part.
 * @returns the names that got a new one
 */
export async function ensureCertificates(init: CertificatesInit): Promise<readonly string[]> {
  const authority = await ensureAuthority(init);
  const made: string[] = [];
  for (const name of init.names) {
    const folder = join(init.folder, name);
    const uri = `${init.spiffeBase}/${name}`;
    if (!init.force && isGood(folder, authority, uri)) continue;
    const pair = await authority.issue(uri, { notAfter: new Date(Date.now() + certificateMs) });
    replace(folder, { 'ca.crt': authority.certificate, 'tls.crt': pair.certificate, 'tls.key': pair.key });
    made.push(name);
  }
  return made;
}

async function ensureAuthority({ folder, spiffeBase }: CertificatesInit): Promise<Authority> {
  const own = join(folder, 'ca');
  const trustDomain = new URL(spiffeBase).hostname;
  try {
    const pair: KeyPair = {
      certificate: readFileSync(join(own, 'ca.crt'), 'utf8'),
      key: readFileSync(join(own, 'ca.key'), 'utf8'),
    };
    const authority = await loadAuthority(pair);
    // It must outlive what it signs.
    if (authority.notAfter.getTime() >= Date.now() + certificateMs) return authority;
  } catch {
    // Missing or unreadable: a new one is made.
  }
  const authority = await createAuthority(trustDomain, { notAfter: new Date(Date.now() + authorityMs) });
  replace(own, { 'ca.crt': authority.certificate, 'ca.key': authority.key });
  return authority;
}

function isGood(folder: string, authority: Authority, uri: string): boolean {
  try {
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const certificate = new X509Certificate(read('tls.crt'));
    return (
      read('ca.crt') === authority.certificate &&
      certificate.verify(new X509Certificate(authority.certificate).publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(read('tls.key'))) &&
      certificate.subjectAltName?.split(', ').includes(`URI:${uri}`) === true &&
      certificate.validToDate.getTime() > Date.now() + leastMs
    );
  } catch {
    return false;
  }
}

function replace(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    const next = join(folder, `.${name}.next`);
    writeFileSync(next, text, { mode: 0o600 });
    renameSync(next, join(folder, name));
  }
}
