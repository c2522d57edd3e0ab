import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { PricingService } from '@hotpath/contracts';
import { registry } from '@hotpath/telemetry';
import { afterEach, expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import {
  base,
  cleanUp,
  filesOf,
  inMs,
  newAuthority,
  newFolder,
  quiet,
  startPricing,
  writeTls,
} from './mtls.testing.ts';
import { mutualTls, type Security } from './security.ts';
import { openTlsFolder, type TlsFolder } from './tls-folder.ts';

const after = cleanUp();
afterEach(() => after.run());

/** A process's TLS files on the disk, read again every 5 ms. */
async function follow(folder: string, name: string) {
  const files = await openTlsFolder({ folder, id: `${base}/${name}`, everyMs: 5, log: quiet });
  after(files.close);
  return { files, security: mutualTls(files, base, quiet) };
}

/** Resolves when a process works with the certificate. */
const taken = (files: TlsFolder, certificate: string) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (String(files.options.cert) === certificate) resolve();
    };
    files.onChange(look);
    look();
  });

/** The serial number of the certificate that a new connection gets to see. */
async function serialOf(port: number, ca: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const serial = socket.getPeerX509Certificate()?.serialNumber as string;
  socket.destroy();
  return serial;
}

/** Calls without pause, some on a channel that stays and some each on a connection of its own. */
function load(address: string, security: Security) {
  let done = false;
  const outcome = { calls: 0, connections: 0, lost: [] as unknown[] };
  const open = () => openChannel(address, { credentials: security.channelCredentials('pricing') });
  const stays = open();
  const call = async (channel = stays) => {
    outcome.calls++;
    await createClient(PricingService, channel)
      .getPrice({ productId: 1n })
      .catch((error) => outcome.lost.push(error));
  };
  const workers = [
    ...[1, 2, 3, 4].map(async () => {
      while (!done) await call();
    }),
    (async () => {
      while (!done) {
        const channel = open();
        await call(channel);
        channel.close();
        outcome.connections++;
      }
    })(),
  ];
  const stop = async () => {
    done = true;
    await Promise.all(workers);
    stays.close();
  };
  return { outcome, stop };
}

test('certificates and authority rotate under load: no call is lost, new connections get the new ones', async () => {
  const old = await newAuthority();
  const next = await newAuthority();
  const both = old.certificate + next.certificate;
  const folders = { pricing: newFolder(after), inventory: newFolder(after) };
  const write = async (name: keyof typeof folders, authority = old, ca = authority.certificate) => {
    const files = await filesOf(authority, name, ca);
    writeTls(folders[name], files);
    return files.certificate;
  };
  await write('pricing');
  await write('inventory');
  const pricing = await follow(folders.pricing, 'pricing');
  const inventory = await follow(folders.inventory, 'inventory');
  const server = await startPricing(
    { security: pricing.security, callersOf: () => new Set(['inventory']) },
    after,
  );
  const { outcome, stop } = load(server.address, inventory.security);
  const rotate = async (authority: typeof old, ca: string) => {
    const certificate = await write('pricing', authority, ca);
    await taken(pricing.files, certificate);
    await taken(inventory.files, await write('inventory', authority, ca));
    expect(await serialOf(server.port, both)).toBe(new X509Certificate(certificate).serialNumber);
    const { connections } = outcome;
    await expect.poll(() => outcome.connections).toBeGreaterThan(connections + 2);
  };

  await rotate(old, old.certificate);
  await rotate(old, both);
  await rotate(next, both);
  await rotate(next, next.certificate);

  await stop();
  const { calls, connections, lost } = outcome;
  expect(lost).toEqual([]);
  console.log(
    `4 rotations under load: ${calls} calls on ${connections} new connections, ${lost.length} lost`,
  );
  await expect(serialOf(server.port, old.certificate)).rejects.toThrow();
});

test("a Kubernetes Secret's swap of its ..data link is taken up whole", async () => {
  const authority = await newAuthority();
  const folder = newFolder(after);
  const mount = async (version: string) => {
    const files = await filesOf(authority, 'pricing');
    mkdirSync(join(folder, version));
    writeTls(join(folder, version), files);
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    return files.certificate;
  };
  await mount('..2026_01');
  for (const name of ['ca.crt', 'tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(folder, name));
  const { files, security } = await follow(folder, 'pricing');
  const { port } = await startPricing({ security }, after);
  const certificate = await mount('..2026_02');
  await taken(files, certificate);
  const second = new X509Certificate(certificate);
  expect(await serialOf(port, authority.certificate)).toBe(second.serialNumber);
  expect(await registry.getSingleMetricAsString('hotpath_certificate_expiry_timestamp_seconds')).toContain(
    String(second.validToDate.getTime() / 1000),
  );
});

test('a set that does not work is not taken up, and the next that does is', async () => {
  const authority = await newAuthority();
  const folder = newFolder(after);
  writeTls(folder, await filesOf(authority, 'pricing'));
  const expiries: string[] = [];
  const warned = Promise.withResolvers<void>();
  const log = Object.assign(Object.create(quiet), {
    warn({ problem }: { problem: string }) {
      if (!problem.startsWith('tls.crt expired')) return; // half a set, as it comes while files are replaced
      expiries.push(problem);
      warned.resolve();
    },
  });
  const files = await openTlsFolder({ folder, id: `${base}/pricing`, everyMs: 5, log });
  after(files.close);
  const { port } = await startPricing({ security: mutualTls(files, base, log) }, after);
  const before = await serialOf(port, authority.certificate);

  const expired = await authority.issue(`${base}/pricing`, {
    notBefore: inMs(-2_000),
    notAfter: inMs(-1_000),
  });
  writeTls(folder, { ca: authority.certificate, ...expired });
  await warned.promise;
  expect(await serialOf(port, authority.certificate)).toBe(before);
  const good = await filesOf(authority, 'pricing');
  writeTls(folder, good);
  await taken(files, good.certificate);
  expect(await serialOf(port, authority.certificate)).not.toBe(before);
  expect(expiries).toHaveLength(1);
});
