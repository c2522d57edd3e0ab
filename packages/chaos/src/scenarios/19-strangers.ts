import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { ensureCertificates } from '@hotpath/certificates';
import { PricingService } from '@hotpath/contracts';
import { codeName, createClient, Metadata, openChannel, type RpcError } from '@hotpath/rpc';
import { strangers as cluster } from '../cluster/strangers.ts';
import { look, migrated, msUntil, startServer } from '../databases.ts';
import { count, sendAtOnce } from '../load.ts';
import { atMost, type Scenario } from '../scenario.ts';
import { foreign, mutualTls, newFolder, spiffeBase } from '../tls-files.ts';

const CALLS = 20;
const FORGED = 66_600n;
const HONEST = 77_700n;

/** Who may change prices is decided by what a caller can prove, not by what it says. */
export const strangers: Scenario = {
  number: 19,
  name: 'strangers call: without a certificate, with another, in a forged name',
  where: ['local', 'cluster'],
  needs: 'postgres',
  fast: true,
  given: 'pricing, in which the gateway may set prices, and user may call nothing',
  load: `${CALLS} changes of a price by each stranger`,
  fault:
    'they come in plaintext, without a certificate, with one of another authority, or with that of user; ' +
    "some say by headers that they are the gateway, as a mesh's proxy would",
  holds:
    'each is denied, by the code that says why; no price changes; the gateway is let in before and after',
  defence: 'mutual TLS, and the call graph: who may call what; without: plaintext, open to all',
  cluster,
  async run(trial) {
    const server = await startServer(trial);
    const database = await migrated(server, 'pricing');
    const folder = newFolder(trial);
    const others = newFolder(trial);
    await ensureCertificates({ folder, names: ['gateway', 'pricing', 'user'], spiffeBase });
    await ensureCertificates({ folder: others, names: ['gateway'], spiffeBase });
    const pricing = await trial.start('pricing', {
      DATABASE_URL: database,
      ...(trial.defended && mutualTls(join(folder, 'pricing'))),
    });

    const setPrice = (by: ChannelCredentials, minorUnits: bigint, forged: boolean) => {
      const channel = openChannel(pricing.address.replace('127.0.0.1', 'localhost'), {
        credentials: trial.defended ? by : credentials.createInsecure(),
      });
      trial.onClose(() => channel.close());
      const client = createClient(PricingService, channel);
      const metadata = forged ? forgery() : new Metadata();
      return (requestId: string) =>
        client
          .setPrice({ requestId, productId: 1n, price: { minorUnits, currency: 'INR' } }, { metadata })
          .then(
            () => 'OK',
            ({ code }: RpcError) => codeName(code),
          );
    };
    const ca = join(folder, 'ca/ca.crt');
    const gateway = setPrice(foreign(ca, join(folder, 'gateway')), HONEST, false);
    trial.phase('healthy');
    if ((await msUntil(5_000, async () => (await gateway('before')) === 'OK')) === 5_000) {
      throw new Error('the gateway is not let in before anything is done');
    }

    trial.phase('fault');
    const nobody = foreign(ca);
    const user = foreign(ca, join(folder, 'user'));
    const impostor = foreign(ca, join(others, 'gateway'));
    const strangers = [
      { by: credentials.createInsecure(), code: 'UNAVAILABLE' },
      { by: nobody, code: 'UNAUTHENTICATED' },
      { by: nobody, code: 'UNAUTHENTICATED', forged: true },
      { by: impostor, code: 'UNAUTHENTICATED' },
      { by: user, code: 'PERMISSION_DENIED' },
      { by: user, code: 'PERMISSION_DENIED', forged: true },
    ];
    let letIn = 0;
    let otherwise = 0;
    for (const { by, code, forged = false } of strangers) {
      const outcomes = await sendAtOnce(CALLS, setPrice(by, FORGED, forged));
      letIn += count(outcomes, 'OK');
      otherwise += CALLS - count(outcomes, code);
    }
    trial.phase('healed');
    const after = await gateway('after');

    const db = await look(trial, database);
    const changes = await db.query('select from events where base_minor = $1', [FORGED]);
    return [
      atMost('strangers let in', letIn, 0, `of ${CALLS * strangers.length}`),
      atMost('denied by another code', otherwise, 0),
      atMost('prices changed by them', changes.length, 0),
      atMost('calls of the gateway denied afterwards', after === 'OK' ? 0 : 1, 0, `(${after})`),
    ];
  },
};

/** Headers by which proxies tell a server who calls, and some that look like it. */
function forgery(): Metadata {
  const metadata = new Metadata();
  metadata.set('l5d-client-id', 'gateway.hotpath.serviceaccount.identity.linkerd.cluster.local');
  metadata.set('x-forwarded-client-cert', `URI=${spiffeBase}/gateway`);
  metadata.set('x-caller', 'gateway');
  return metadata;
}
