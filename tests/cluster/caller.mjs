// Runs in a pod. Its argument says what to call, as JSON: [{label, ip, port, protocol, path}]. Prints what becomes of
// each call, as `npm run policies` names it: JSON by label.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Client, credentials, status } from '@grpc/grpc-js';

/** After this a connection is taken for dropped, ms. */
const patience = 2_000;

/** As this pod's own certificate says, if it has one; whom it talks to is not what is asked here. */
function ownCredentials() {
  const folder = process.env.TLS_FOLDER;
  const [ca, key, certificate] = folder
    ? ['ca.crt', 'tls.key', 'tls.crt'].map((file) => readFileSync(`${folder}/${file}`))
    : [null, null, null];
  return credentials.createSsl(ca, key, certificate, { rejectUnauthorized: false });
}

const connects = new Map();
function canConnect(ip, port) {
  const address = `${ip}:${port}`;
  if (!connects.has(address)) {
    const attempt = new Promise((resolve) => {
      const socket = connect({ host: ip, port, timeout: patience });
      const end = (result) => {
        socket.destroy();
        resolve(result);
      };
      socket
        .on('connect', () => end(true))
        .on('timeout', () => end(false))
        .on('error', () => end(false));
    });
    connects.set(address, attempt);
  }
  return connects.get(address);
}

/** The status of a call with one empty message, whatever its kind; the first answer means that it was let in. */
function statusOf(ip, port, path) {
  const client = new Client(`${ip}:${port}`, ownCredentials());
  const call = client.makeBidiStreamRequest(
    path,
    (message) => message,
    (message) => message,
    {
      deadline: Date.now() + 10_000,
    },
  );
  return new Promise((resolve) => {
    call.on('data', () => resolve('allowed'));
    call.on('error', () => {});
    call.on('status', ({ code }) => resolve(status[code]));
    call.write(Buffer.alloc(0));
    call.end();
  }).finally(() => client.close());
}

async function outcome({ ip, port, protocol, path }) {
  if (!(await canConnect(ip, port))) return 'no connection';
  if (protocol !== 'gRPC') return 'allowed';
  const code = await statusOf(ip, port, path);
  return ['PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'].includes(code)
    ? code
    : 'allowed';
}

const targets = JSON.parse(process.argv[2]);
const outcomes = await Promise.all(targets.map(async (target) => [target.label, await outcome(target)]));
console.log(JSON.stringify(Object.fromEntries(outcomes)));
