import { type ChannelCredentials, credentials, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '@hotpath/telemetry';
import { z } from 'zod';
import { ANONYMOUS, type Call } from './call.ts';
import { callersBy, MtlsChannelCredentials, MtlsServerCredentials } from './mtls.ts';
import { StartError } from './start-error.ts';
import { openTlsFolder, type TlsFolder } from './tls-folder.ts';

/**
 * How calls travel, TRANSPORT_SECURITY:
 * - `mtls`: TLS 1.3 on which both sides prove who they are, by the files in TLS_FOLDER.
 * - `mesh`: plaintext to a proxy beside the process, which encrypts, proves and authorises.
 * - `insecure`: plaintext, open to anyone; not in production.
 */
const modes = ['mesh', 'mtls', 'insecure'] as const;

/** Linkerd's proxy sets it to the identity of the calling proxy. */
const MESH_CLIENT = 'l5d-client-id';

/** The settings of transport security, by environment variable. */
export const securitySettings = {
  TRANSPORT_SECURITY: z.enum(modes).optional(),
  TLS_FOLDER: z.string().optional(),
  SPIFFE_BASE: z
    .string()
    .regex(
      /^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
      'must be like spiffe://hotpath.local, without a / at its end',
    )
    .default('spiffe://hotpath.local'),
} as const;

/** Transport security of a process, both as a server and as a client. */
export type Security = {
  readonly mode: (typeof modes)[number];
  readonly serverCredentials: ServerCredentials;
  /** Credentials for calls to the process `host`. */
  channelCredentials(host: string): ChannelCredentials;
  /** The process that makes a call, by its certificate; undefined where that is not proven. */
  callerOf(call: object): string | undefined;
  /** Who calls, as a log may say it. In a mesh that is the proxy's word, on which nothing may depend. */
  callerForLog(call: Call): { readonly caller?: string; readonly meshClient?: string };
  close(): void;
};

/** Plaintext without identities. */
export const plaintext = (mode: 'mesh' | 'insecure'): Security => ({
  mode,
  serverCredentials: ServerCredentials.createInsecure(),
  channelCredentials: () => credentials.createInsecure(),
  callerOf: () => undefined,
  callerForLog: ({ metadata }) =>
    mode === 'mesh' ? { meshClient: String(metadata.get(MESH_CLIENT)[0] ?? ANONYMOUS) } : {},
  close() {},
});

/** Mutual TLS by the files of a folder. */
export const mutualTls = (files: TlsFolder, spiffeBase: string, log: Logger): Security => ({
  mode: 'mtls',
  serverCredentials: new MtlsServerCredentials(files),
  channelCredentials: (host) => new MtlsChannelCredentials(files, `${spiffeBase}/${host}`),
  callerOf: callersBy(spiffeBase, log),
  callerForLog: ({ caller }) => ({ caller }),
  close: files.close,
});

/**
 * The transport security that the settings ask for.
 * @param name the process, whose certificate it must be
 * @throws StartError where production is left open, or TLS_FOLDER does not fit
 */
export async function openSecurity(
  settings: z.infer<z.ZodObject<typeof securitySettings>>,
  name: string,
  log: Logger,
): Promise<Security> {
  const { TRANSPORT_SECURITY: mode, TLS_FOLDER: folder, SPIFFE_BASE: base } = settings;
  if (process.env.NODE_ENV === 'production' && (mode === undefined || mode === 'insecure')) {
    throw new StartError(
      `TRANSPORT_SECURITY is ${mode ?? 'not set'} and NODE_ENV is production, where anyone on the network could call it: ` +
        'set mtls (and TLS_FOLDER), or mesh where a proxy beside it encrypts and authorises',
    );
  }
  if (mode !== 'mtls') return plaintext(mode ?? 'insecure');
  if (!folder)
    throw new StartError('TLS_FOLDER is not set: TRANSPORT_SECURITY=mtls needs the folder of its TLS files');
  return mutualTls(await openTlsFolder({ folder, id: `${base}/${name}`, log }), base, log);
}
