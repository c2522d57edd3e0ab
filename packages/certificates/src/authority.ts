import 'reflect-metadata'; // @peculiar/x509 is built on it, but leaves the import to its user
import { randomBytes, webcrypto } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key (PKCS #8), each as PEM. */
export type KeyPair = { readonly certificate: string; readonly key: string };

/** How long a certificate holds. */
export type Validity = {
  /** Defaults to a minute ago, since clocks differ. */
  readonly notBefore?: Date;
  readonly notAfter: Date;
};

/** A certificate authority for development and tests. */
export type Authority = KeyPair & {
  readonly notAfter: Date;
  /**
   * A new key and a certificate for it, good for servers and clients.
   * @param uri who holds it: `spiffe://hotpath.local/pricing`. Beside it stand `localhost` and `127.0.0.1`, for
   *   tools that look at host names; the kit's clients do not.
   */
  issue(uri: string, validity: Validity): Promise<KeyPair>;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const host = { name: 'localhost', address: '127.0.0.1' } as const;

/**
 * A new authority, which can sign for one trust domain and the host name of this machine's loopback interface only,
 * and no other authority (RFC 5280, 4.2.1.9 and 4.2.1.10). Of addresses it says nothing: BoringSSL, and so gRPC in
 * Python or C++, knows no constraint on them and refuses all certificates under one.
 * @param trustDomain the host of the URIs it signs: `hotpath.local`
 */
export async function createAuthority(trustDomain: string, validity: Validity): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validityOf(validity),
    serialNumber: newSerial(),
    name: `O=Hotpath, CN=development CA of ${trustDomain}`,
    keys,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      onlyFor(trustDomain),
    ],
  });
  return authorityOf(certificate, keys.privateKey);
}

/** The authority that a certificate and its key make, as `createAuthority` gave them. */
export async function loadAuthority({ certificate, key }: KeyPair): Promise<Authority> {
  const [der] = PemConverter.decode(key);
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der as ArrayBuffer, algorithm, true, ['sign']);
  return authorityOf(new X509Certificate(certificate), privateKey);
}

async function authorityOf(own: X509Certificate, signingKey: webcrypto.CryptoKey): Promise<Authority> {
  return {
    ...(await toPem(own, signingKey)),
    notAfter: own.notAfter,
    async issue(uri, validity) {
      const keys = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        ...validityOf(validity),
        serialNumber: newSerial(),
        subject: `O=Hotpath, CN=${uri.slice(uri.lastIndexOf('/') + 1)}`,
        issuer: own.subject,
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension([
            { type: 'url', value: uri },
            { type: 'dns', value: host.name },
            { type: 'ip', value: host.address },
          ]),
          await SubjectKeyIdentifierExtension.create(keys.publicKey),
          await AuthorityKeyIdentifierExtension.create(own.publicKey),
        ],
      });
      return toPem(certificate, keys.privateKey);
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** 127 random bits, as hexadecimal: positive, and longer than the 64 bits that browsers ask for. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function validityOf({ notBefore = new Date(Date.now() - 60_000), notAfter }: Validity) {
  return { notBefore, notAfter };
}

function onlyFor(trustDomain: string): Extension {
  const permitted = [
    new GeneralName({ uniformResourceIdentifier: trustDomain }),
    new GeneralName({ dNSName: host.name }),
  ];
  const permittedSubtrees = new GeneralSubtrees(permitted.map((base) => new GeneralSubtree({ base })));
  return new Extension(
    id_ce_nameConstraints,
    true,
    AsnConvert.serialize(new NameConstraints({ permittedSubtrees })),
  );
}

async function toPem(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<KeyPair> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(der, 'PRIVATE KEY')}\n`,
  };
}
