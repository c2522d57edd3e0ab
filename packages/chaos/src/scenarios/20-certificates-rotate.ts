import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { type Authority, createAuthority } from '@hotpath/certificates';
import { without } from '../chain.ts';
import { certificatesRotate as cluster } from '../cluster/certificates-rotate.ts';
import { msUntil } from '../databases.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { count, ofAll, steadily } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';
import { passOn, startTcpProxy } from '../tcp-proxy.ts';
import { mutualTls, newFolder, spiffeBase, writeTls } from '../tls-files.ts';

/** How long the first certificates hold, ms: by then the processes must have others. */
const FIRST_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Files are looked at every 5 s. */
const MOST_MS = 12_000;

/** Certificates live shorter than processes. */
export const certificatesRotate: Scenario = {
  number: 20,
  name: 'all certificates and their authority are replaced, and the first ones expire',
  where: ['local', 'cluster'],
  meshed: true,
  given: 'edge -> TCP proxy -> leaf by mutual TLS; connections live for a second',
  load: '20 requests/s',
  fault: `new certificates; a second authority beside the first; certificates by it; the first is gone; all in ${FIRST_MS / 1000} s`,
  holds: 'no request is lost; new connections show the new certificate each time',
  defence: 'TLS files are looked at every 5 s; without: at the start',
  cluster,
  async run(trial) {
    const first = await newAuthority();
    const second = await newAuthority();
    const both = first.certificate + second.certificate;
    const folders = { chain: newFolder(trial), edge: newFolder(trial) };
    let issued = 0;
    /** Gives each process a certificate of its own, which expires when no other does. @returns that time, s */
    const issue = async (authority: Authority, ca: string, ms = HOUR_MS + 60_000 * issued++) => {
      const notAfter = new Date(Date.now() + ms);
      const serials: Record<string, string> = {};
      for (const [name, folder] of Object.entries(folders)) {
        const pair = await authority.issue(`${spiffeBase}/${name}`, { notAfter });
        writeTls(folder, ca, pair);
        serials[name] = new X509Certificate(pair.certificate).serialNumber;
      }
      return { serial: serials.chain, expiry: Math.floor(notAfter.getTime() / 1000) };
    };
    await issue(first, first.certificate, FIRST_MS);
    const firstEndsAt = performance.now() + FIRST_MS;

    const env = without(trial, 'certificate-reload');
    const leaf = await trial.start('node', {
      MAX_CONNECTION_AGE_MS: '1000',
      ...mutualTls(folders.chain),
      ...env,
    });
    const wire = await startTcpProxy(leaf.address);
    trial.onClose(() => wire.close());
    let connections = 0;
    wire.meddler = () => {
      connections++;
      return passOn();
    };
    const edge = await trial.start('edge', {
      CHAIN_NEXT: wire.address,
      CHAIN_TIMEOUT_MS: '2000',
      EDGE_BUDGET_MS: '2500',
      ...mutualTls(folders.edge),
      ...env,
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    const load = steadily(20, askEdge(edge));
    let taken = 0;
    const steps = [
      [first, first.certificate],
      [first, both],
      [second, both],
      [second, second.certificate],
    ] as const;
    for (const [authority, ca] of steps) {
      trial.phase('fault');
      const { serial, expiry } = await issue(authority, ca);
      // The leaf's is seen from outside; which one the edge shows, only the leaf sees.
      const isTaken = async () =>
        (await serialOf(leaf.address, both)) === serial &&
        (await edge.metric('hotpath_certificate_expiry_timestamp_seconds')) === expiry;
      const ms = await msUntil(MOST_MS, isTaken);
      if (ms === MOST_MS) break;
      taken++;
      await sleep(1_500);
    }
    await sleep(Math.max(2_000, firstEndsAt - performance.now() + 3_000));
    trial.phase('healed');
    const outcomes = await load.stop();
    return [
      atMost('requests lost', outcomes.length - count(outcomes, '200'), 0, ofAll(outcomes, '200')),
      atLeast('rotations that both took up', taken, steps.length),
      atLeast('connections made meanwhile', connections, 2 * steps.length),
    ];
  },
};

function newAuthority(): Promise<Authority> {
  return createAuthority(new URL(spiffeBase).hostname, { notAfter: new Date(Date.now() + 24 * HOUR_MS) });
}

/** The serial number of the certificate that a new connection is shown. */
async function serialOf(address: string, ca: string): Promise<string | undefined> {
  const port = Number(address.split(':')[1]);
  const socket = connect({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const serial = socket.getPeerX509Certificate()?.serialNumber;
  socket.destroy();
  return serial;
}
