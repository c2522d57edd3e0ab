import { constants, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { certificateExpiry, type Logger } from '@hotpath/telemetry';
import { spiffeIdOf } from './identity.ts';
import { StartError } from './start-error.ts';
import { defended } from './trials.ts';

/** The files, by the names of a Kubernetes Secret of type kubernetes.io/tls. `ca.crt` may hold several. */
const files = ['ca.crt', 'tls.crt', 'tls.key'] as const;
type Bytes = Readonly<Record<(typeof files)[number], Buffer>>;

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
  const take = (bytes: Bytes) => {
    const set = check(bytes, id);
    certificateExpiry.set(set.notAfter.getTime() / 1000);
    return set;
  };
  let bytes: Bytes;
  let present: ReturnType<typeof check>;
  try {
    bytes = await read(folder);
    present = take(bytes);
  } catch (error) {
    throw new StartError(
      `TLS_FOLDER: ${(error as Error).message}; it must hold ${files.join(', ')} (npm run certs makes them for development)`,
    );
  }

  let problem: string | undefined;
  const reread = async () => {
    try {
      const next = await read(folder);
      if (files.some((name) => !next[name].equals(bytes[name]))) {
        present = take(next);
        bytes = next;
        log.info({ notAfter: present.notAfter }, 'took up new TLS files');
        for (const hook of hooks) hook();
      }
      problem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem) {
        log.warn({ folder, problem: message }, 'keeps its TLS files: new ones do not work');
      }
      problem = message;
    }
  };
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    if (!closed) timer = setTimeout(() => void reread().then(wait), everyMs).unref();
  };
  if (defended('certificate-reload')) wait();

  return {
    get options() {
      return present.options;
    },
    get context() {
      return present.context;
    },
    onChange: (hook) => void hooks.push(hook),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function read(folder: string): Promise<Bytes> {
  const contents = files.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return Object.fromEntries(await Promise.all(contents)) as Bytes;
}

/** What a set of files is for Node. @throws Error where it does not work */
function check({ 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key }: Bytes, id: string) {
  new X509Certificate(ca); // OpenSSL takes what is none without a word
  const own = new X509Certificate(cert);
  const notAfter = own.validToDate;
  if (spiffeIdOf(own) !== id) {
    throw new Error(`tls.crt is for ${spiffeIdOf(own) ?? 'no SPIFFE ID'}, not for ${id}`);
  }
  if (notAfter.getTime() <= Date.now()) throw new Error(`tls.crt expired at ${notAfter.toISOString()}`);
  const options: SecureContextOptions = {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.3',
    // No resumption: each connection proves anew who is there, by what is trusted now.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  return { options, context: createSecureContext(options), notAfter };
}
