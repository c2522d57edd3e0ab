import pg from 'pg';

/** What pg's types leave out. */
type CancelConnection = pg.Connection & {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
};
type Negotiation = { readonly ssl: boolean; readonly sslNegotiation: 'postgres' | 'direct' };
type ConnectedClient = pg.Client & Negotiation & { readonly processID: number; readonly secretKey: number };
const CancelConnection = pg.Connection as unknown as new (negotiation: Negotiation) => CancelConnection;

/**
 * Asks the server to cancel what a connection runs now, by a CancelRequest on a socket of its own (over TLS where
 * the connection is), and waits until the server has closed that socket: by then the signal is sent, so what is
 * sent on the connection afterwards is safe from it.
 *
 * A CancelRequest carries the connection's secret key, so it can hit no other, wherever a proxy sends it; it needs
 * no session, so it gets through when the server takes no more of them.
 *
 * @throws when it is not done before `limit` aborts, or cannot be done: it may then still come
 */
export async function cancelRequest(client: pg.Client, limit: AbortSignal): Promise<void> {
  const { processID, secretKey, ssl, sslNegotiation, host, port } = client as ConnectedClient;
  const connection = new CancelConnection({ ssl, sslNegotiation });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const send = () => connection.cancel(processID, secretKey);
  const expire = () => reject(limit.reason);
  limit.addEventListener('abort', expire, { once: true });
  connection.on('connect', () => {
    if (!ssl) send();
    else if (sslNegotiation !== 'direct') connection.requestSsl();
  });
  connection.on('sslconnect', send);
  connection.on('error', reject);
  connection.on('end', resolve);
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  try {
    await promise;
  } finally {
    limit.removeEventListener('abort', expire);
    connection.stream.destroy();
  }
}
