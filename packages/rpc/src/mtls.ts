import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { ChannelCredentials, type experimental, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '@hotpath/telemetry';
import { http2Of } from './grpc-internals.ts';
import { processOf, spiffeIdOf } from './identity.ts';
import type { TlsFolder } from './tls-folder.ts';

/**
 * Credentials of both sides on a folder of TLS files. grpc-js's own cannot ask for TLS 1.3, and where they
 * re-read files a set that is half written stops the server; what a subclass must give is in its types.
 */

/** A server's credentials: it asks for a client certificate, and its policies judge whether there is one. */
export class MtlsServerCredentials extends ServerCredentials {
  constructor(folder: TlsFolder) {
    // A refusal within TLS reaches the caller as UNAVAILABLE, which it would retry; UNAUTHENTICATED says why.
    super({ requestCert: true, rejectUnauthorized: false, handshakeTimeout: 10_000 }, folder.options);
    folder.onChange(() => this.updateSecureContextOptions(folder.options));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** A client's credentials: they let it talk to the holder of one SPIFFE ID and to nobody else. */
export class MtlsChannelCredentials extends ChannelCredentials {
  readonly #folder: TlsFolder;
  readonly #id: string;

  constructor(folder: TlsFolder, id: string) {
    super();
    this.#folder = folder;
    this.#id = id;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    ...[target, options, callCredentials]: Parameters<ChannelCredentials['_createSecureConnector']>
  ): experimental.SecureConnector {
    // For what has nothing to do with certificates: the credentials of single calls.
    const plain = ChannelCredentials.createInsecure()._createSecureConnector(
      target,
      options,
      callCredentials,
    );
    return {
      ...plain,
      connect: async (socket) => ({ socket: await this.#handshake(socket), secure: true }),
    };
  }

  #handshake(socket: Socket): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const secure = connect({
        socket,
        secureContext: this.#folder.context,
        rejectUnauthorized: true,
        // Any name will do, and an address is none (RFC 6066, 3).
        servername: this.#id.slice(this.#id.lastIndexOf('/') + 1),
        ALPNProtocols: ['h2'],
        checkServerIdentity: (_host, { subjectaltname, ca }) => {
          const found = spiffeIdOf({ subjectAltName: subjectaltname, ca: ca === true });
          if (found === this.#id) return undefined;
          return new Error(`the server is ${found ?? 'nobody by a SPIFFE ID'}, not ${this.#id}`);
        },
      });
      secure.once('secureConnect', () => resolve(secure));
      secure.once('error', reject);
      secure.once('close', () => reject(new Error('the connection closed during the TLS handshake')));
    });
  }
}

/**
 * Tells which process makes a call, from its certificate; undefined where it has none that is trusted. Looks
 * at a certificate once per connection.
 */
export function callersBy(spiffeBase: string, log: Logger): (call: object) => string | undefined {
  const callers = new WeakMap<object, string | undefined>();
  return (call) => {
    // The one way from a call to its connection that does not parse the certificate each time.
    const session = http2Of(call)?.session;
    if (!session) return undefined;
    if (callers.has(session)) return callers.get(session);
    const socket = session.socket as TLSSocket;
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const caller = certificate && processOf(certificate, spiffeBase);
    if (caller === undefined) {
      const problem = socket.authorizationError ?? 'its SPIFFE ID is not one of ours';
      log.warn({ address: socket.remoteAddress, problem }, 'a connection without a valid client certificate');
    }
    callers.set(session, caller);
    return caller;
  };
}
