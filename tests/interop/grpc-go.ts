import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { go } from '@hotpath/testing';

const run = promisify(execFile);

const module = 'google.golang.org/grpc';
const version = 'v1.85.0';
const folder = fileURLToPath(
  new URL(`../../node_modules/.cache/hotpath/grpc-go-${version}/`, import.meta.url),
);
const certificates = ['ca.pem', 'server1.pem', 'server1.key'] as const;

/** A name in the test certificate: it has none for this machine. */
export const certifiedName = 'foo.test.google.fr';

/** PEM texts of grpc-go's public test certificate. */
type TestCertificate = { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

/** Installs grpc-go's interop client and server where they are not yet. Needs Go then. */
export async function installGrpcGo(): Promise<void> {
  const files = ['client', 'server', ...certificates];
  if (files.every((file) => existsSync(join(folder, file)))) return;
  console.log(`Building grpc-go ${version}'s interop client and server ...`);
  await mkdir(folder, { recursive: true });
  await go(folder, 'install', `${module}/interop/client@${version}`, `${module}/interop/server@${version}`);
  const { Dir } = JSON.parse(await go(folder, 'mod', 'download', '-json', `${module}@${version}`));
  for (const file of certificates) {
    await writeFile(join(folder, file), await readFile(join(Dir, 'testdata', file)));
  }
}

/** The test certificate that `installGrpcGo` brought along. */
export async function testCertificate(): Promise<TestCertificate> {
  const [ca, cert, key] = await Promise.all(certificates.map((file) => readFile(join(folder, file))));
  return { ca, cert, key } as TestCertificate;
}

/** Runs a case with grpc-go's client. Rejects with what it says if it fails or takes longer than 30 s. */
export async function runGoClient(testCase: string, port: number, tls: boolean): Promise<void> {
  const args = ['--server_host=127.0.0.1', `--server_port=${port}`, `--test_case=${testCase}`];
  if (tls) {
    const ca = `--ca_file=${join(folder, 'ca.pem')}`;
    args.push('--use_tls', '--use_test_ca', ca, `--server_host_override=${certifiedName}`);
  }
  await run(join(folder, 'client'), args, { timeout: 30_000 }).catch((error) => {
    throw new Error(error.killed ? 'no end after 30 s' : error.stderr.trim() || error.message);
  });
}

/** Starts grpc-go's server on a free port. */
export async function startGoServer(tls: boolean): Promise<{ readonly port: number; close(): void }> {
  const args = ['--port=0'];
  if (tls) {
    args.push('--use_tls', `--tls_cert_file=${join(folder, 'server1.pem')}`);
    args.push(`--tls_key_file=${join(folder, 'server1.key')}`);
  }
  // At this level it says where it listens.
  const env = { ...process.env, GRPC_GO_LOG_SEVERITY_LEVEL: 'info' };
  const server = spawn(join(folder, 'server'), args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: server.stderr })) {
    const port = /interop server listening on .*:(\d+)/.exec(line)?.[1];
    if (!port) continue;
    server.stderr.resume();
    return { port: Number(port), close: () => server.kill() };
  }
  throw new Error("grpc-go's server ended before it listened");
}
