import { resolve } from 'node:path';
import { command } from '@hotpath/cli';
import { ensureShopCertificates } from './shop-certs.ts';

const help = `Makes a certificate authority for development and a certificate for each process, for mutual TLS between them.

  npm run certs [-- --force]

  --force  make new certificates also where the present ones are good; a running shop takes them up
  --help   print this

They go to HOTPATH_DATA/certs (HOTPATH_DATA is .hotpath unless set), readable by you only:
  ca/                the authority: ca.crt, ca.key; 30 days
  gateway/ ...       for each process: ca.crt, tls.crt, tls.key; 7 days
  tools/             for grpcurl and the like: it may ask for health and reflection
Delete the folder to begin anew. They are for development: the authority's key lies beside them.

Settings, as environment variables:
  HOTPATH_DATA .hotpath
  SPIFFE_BASE spiffe://hotpath.local   what the names in the certificates begin with
`;

await command({ name: 'npm run certs', help, options: { force: { type: 'boolean' } } }, ({ force }) =>
  main(force === true),
);

async function main(force: boolean) {
  const data = resolve(process.env.HOTPATH_DATA || '.hotpath');
  const made = await ensureShopCertificates(data, force);
  const what = made.length > 0 ? `New certificates for ${made.join(', ')}` : 'All certificates are good';
  process.stdout.write(`${what}; they are in ${data}/certs\n`);
}
