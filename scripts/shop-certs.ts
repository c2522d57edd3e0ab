import { join } from 'node:path';
import { ensureCertificates } from '@hotpath/certificates';
import { processNames } from './shop.ts';

/** The folder of the certificates of one of the shop's processes, below its data folder. */
export const tlsFolder = (data: string, name: string) => join(data, 'certs', name);

/**
 * Makes what is missing or about to expire in the certificates of a shop.
 * @param data the shop's data folder
 * @param force make new ones also where the present ones are good
 * @returns the names that got a new one
 */
export function ensureShopCertificates(data: string, force = false): Promise<readonly string[]> {
  return ensureCertificates({
    folder: join(data, 'certs'),
    names: [...processNames, 'tools'],
    spiffeBase: process.env.SPIFFE_BASE || 'spiffe://hotpath.local',
    force,
  });
}
