import { checkServerIdentity } from 'node:tls';
import { credentials, ServerCredentials } from '@grpc/grpc-js';
import { command, UsageError } from '@hotpath/cli';
import { createClient, openChannel } from '@hotpath/rpc';
import { cases, type Target } from './cases.ts';
import { TestService, UnimplementedService } from './generated/index.ts';
import { certifiedName, installGrpcGo, runGoClient, startGoServer, testCertificate } from './grpc-go.ts';
import { startKitServer } from './test-service.ts';

const help = `gRPC's interoperability tests of the kit against grpc-go, both ways, in plaintext and over TLS: the table of all cases,
then "N passed, N failed". Installs grpc-go's client and server where they are missing, by Go.

  npm run test:interop [-- CASE...]

  CASE    only these
  --help  print this
`;

/** The cases that grpc-go's client has and the kit's has not, because grpc-go's server lacks their other half. */
const onlyGoClient = ['pick_first_unary'];

const leftOut = {
  'pick_first_unary (kit to Go)': "grpc-go's server does not name itself",
  '{client,server}_compressed_{unary,streaming}': 'neither grpc-go nor grpc-js has the case',
  cacheable_unary: 'needs a caching proxy; neither grpc-go nor grpc-js has the case',
  'orca_per_rpc, orca_oob': "load reports: no part of grpc-js's cases, and the kit sends none",
  '*_creds, *_credentials, oauth2_auth_token': "need Google's accounts and network",
};

/** A client of one implementation against a server of the other. */
type Way = { readonly name: string; run(testCase: string): Promise<void>; close(): Promise<void> | void };

async function goToKit(tls: boolean): Promise<Way> {
  const { cert, key } = await testCertificate();
  const server = await startKitServer(
    tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }])
      : ServerCredentials.createInsecure(),
  );
  const run = (testCase: string) => runGoClient(testCase, server.port, tls);
  return { name: tls ? 'Go to kit, TLS' : 'Go to kit', run, close: () => server.close() };
}

async function kitToGo(tls: boolean): Promise<Way> {
  const { ca } = await testCertificate();
  const server = await startGoServer(tls);
  const channelCredentials = tls
    ? credentials.createSsl(ca, null, null, {
        checkServerIdentity: (_, certificate) => checkServerIdentity(certifiedName, certificate),
      })
    : credentials.createInsecure();
  const open = (): Target => {
    const channel = openChannel(`localhost:${server.port}`, { credentials: channelCredentials });
    return {
      test: createClient(TestService, channel),
      unimplemented: createClient(UnimplementedService, channel),
      close: () => channel.close(),
    };
  };
  const run = async (testCase: string) => {
    const target = open();
    await cases[testCase]?.(target, open).finally(target.close);
  };
  return { name: tls ? 'kit to Go, TLS' : 'kit to Go', run, close: () => server.close() };
}

const all = [...Object.keys(cases), ...onlyGoClient];
const failures: string[] = [];
let passed = 0;

await command({ name: 'npm run test:interop', help, words: true }, async (_options, chosen) => {
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`no such case: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  await installGrpcGo();
  const ways = [await goToKit(false), await goToKit(true), await kitToGo(false), await kitToGo(true)];
  printRow('case', ...ways.map(({ name }) => name));
  for (const testCase of chosen.length > 0 ? chosen : all) {
    const cells: string[] = [];
    for (const way of ways) {
      if (way.name.startsWith('kit') && !cases[testCase]) {
        cells.push('-');
        continue;
      }
      const start = performance.now();
      try {
        await way.run(testCase);
        passed += 1;
        cells.push(`ok ${(performance.now() - start).toFixed(0)} ms`);
      } catch (error) {
        failures.push(`${testCase}, ${way.name}: ${(error as Error).stack}`);
        cells.push('FAILED');
      }
    }
    printRow(testCase, ...cells);
  }
  for (const way of ways) await way.close();

  console.log('\nLeft out:');
  for (const [name, why] of Object.entries(leftOut)) console.log(`  ${name}: ${why}`);
  for (const failure of failures) console.log(`\n${failure}`);
  console.log(`\n${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
});

function printRow(first: string, ...rest: string[]): void {
  console.log(first.padEnd(30) + rest.map((cell) => cell.padEnd(16)).join(''));
}
