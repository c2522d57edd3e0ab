export {
  type Authority,
  createAuthority,
  type KeyPair,
  loadAuthority,
  type Validity,
} from './authority.ts';
export { type CertificatesInit, ensureCertificates } from './folder.ts';
