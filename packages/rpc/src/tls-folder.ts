import { constants, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { certificateExpiry, type Logger } from '@hotpath/telemetry';
import { spiffeIdOf } from './identity.ts';
import { StartError } from './start-error.ts';

/** The files, by the names of a Kubernetes Secret of type kubernetes.io/tls. `ca.crt` may hold several. */
const files = ['ca.crt', 'tls.crt', 'tls.key'] as const;

/** What `openTlsFolder` is told. */
export type TlsFolderInit = {
  readonly folder: string;
  /** The SPIFFE ID that `tls.crt` must carry. */
  readonly id: string;
  /**
   * How often the files are read again, ms. Not by watching: events get lost on network file systems, and one
   * between two files of a set would show half of it.
   */
  readonly everyMs?: number;
  readonly log: Logger;
};

/** A set of TLS files that follows what is on the disk. */
export type TlsFolder = {
  /** The present set, for servers. */
  readonly options: SecureContextOptions;
  /** The present set, for clients. */
  readonly context: SecureContext;
  /** Calls back after each change to a set that works. */
  onChange(hook: () => void): void;
  /** Follows it no more. */
  close(): void;
};

/**
 * Reads a folder's TLS files, and again whenever they have changed. A set that does not work (half written,
 * expired, another's) is logged, and the one before it stays.
 * @throws StartError where the first set does not work
 */
export async function openTlsFolder({ folder, id, everyMs = 5_000, log }: TlsFolderInit): Promise<TlsFolder> {
  const hooks: (() => void)[] = [];
  let problem: string | undefined;
  let present = await load(folder, id).catch((error: Error) => {
    throw new StartError(
      `TLS_FOLDER: ${error.message}; it must hold ${files.join(', ')} (npm run certs makes them for development)`,
    );
  });
  certificateExpiry.set(present.notAfter.getTime() / 1000);

  const reread = async () => {
    try {
      const next = await load(folder, id);
      problem = undefined;
      if (next.bytes.equals(present.bytes)) return;
      present = next;
      certificateExpiry.set(next.notAfter.getTime() / 1000);
      for (const hook of hooks) hook();
      log.info({ notAfter: next.notAfter }, 'took up new TLS files');
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem)
        log.warn({ folder, problem: message }, 'keeps its TLS files: new ones do not work');
      problem = message;
    }
  };
  const timer = setInterval(() => void reread(), everyMs).unref();

  return {
    get options() {
      return present.options;
    },
    get context() {
      return present.context;
    },
    onChange: (hook) => void hooks.push(hook),
    close: () => clearInterval(timer),
  };
}

async function load(folder: string, id: string) {
  const [ca, cert, key] = (await Promise.all(files.map((name) => readFile(join(folder, name))))) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  new X509Certificate(ca); // OpenSSL takes what is none without a word
  const own = new X509Certificate(cert);
  const notAfter = own.validToDate;
  if (spiffeIdOf(own) !== id)
    throw new Error(`tls.crt is for ${spiffeIdOf(own) ?? 'no SPIFFE ID'}, not for ${id}`);
  if (notAfter.getTime() <= Date.now()) throw new Error(`tls.crt expired at ${notAfter.toISOString()}`);
  const options: SecureContextOptions = {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.3',
    // No resumption: each connection proves anew who is there, by what is trusted now.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  return { options, context: createSecureContext(options), bytes: Buffer.concat([ca, cert, key]), notAfter };
}
