import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { command } from '@hotpath/cli';
import { FolderInUseError, lockFolder } from '@hotpath/database';
import { prettyFactory } from 'pino-pretty';
import { catalogue } from '../cdk8s/src/catalogue.ts';
import { ensurePages } from '../services/gateway/web/build.ts';
import { type LiveXray, launchXray } from './live-xray.ts';
import { launchShop, type ProcessName, processNames, type Shop } from './shop.ts';
import { prepareShopDatabases, withoutPassword } from './shop-databases.ts';

const ports = catalogue.map(({ name, port }) => `${name.toUpperCase()}_PORT ${port.number}`).join(', ');
const adminPorts = catalogue
  .map(({ name, adminPort }) => `${name.toUpperCase()}_ADMIN_PORT ${adminPort}`)
  .join(', ');

const help = `Runs the shop: ${catalogue.map(({ name }) => name).join(', ')}, each in a process of its own.

  npm start [-- --postgres URL] [--otlp URL] [--mtls] [--faults] [--json]

  --postgres URL   keep the data on a PostgreSQL server, postgres://USER:PASSWORD@HOST:PORT/DATABASE: in schemas,
                   hotpath_user, hotpath_pricing and so on, one for each service, that are made and migrated first
  --otlp URL       send traces to an OpenTelemetry collector by OTLP over HTTP: http://127.0.0.1:4318; without, they
                   go to the X-ray of the running shop, http://127.0.0.1:8081, which keeps the last 10,000 in memory
  --mtls           mutual TLS between them; makes development certificates where they are missing (see npm run certs)
  --faults         let faults be set on the calls between them while they run, at /console or by its API (docs/chaos.md)
  --json           print one line of JSON when ready and send the logs to standard error
  --help           print this

Settings, as environment variables:
  ${ports}
  ${adminPorts}
           0 takes any free port
  XRAY_PORT 8081   of the X-ray; off does without it and without traces, as does production
  HOTPATH_DATA .hotpath   the folder of the embedded databases; delete it to begin anew
  DEMO_DATA true   whether an empty database is filled with the demo shop; never in production
  DATABASE_POOL 10   connections of each service to PostgreSQL, at most. DATABASE_URL is not heeded: see --postgres
  EVENTS_KEPT_HOURS 168, ANSWERS_KEPT_HOURS 168   changes that streams resume from, answers to repeated writes
  PRICE_CACHE_SIZE 0   prices that inventory and gateway each keep in memory, by the feed of changes; 0 keeps none
  LOG_LEVEL info
  TRUST_PROXY      how many proxies in front may say who a client is, or their addresses; unset, none may
  RATE_LIMIT_PER_MINUTE 12000, LOGIN_LIMIT_PER_MINUTE 60, MAX_STREAMS_PER_CLIENT 256, MAX_STREAMS 10000
  SESSION_TTL_SECONDS 3600, RESERVATION_TTL_SECONDS 900
  DRAIN_GRACE_MS 10000   how long a process may take to end
  OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER and its like   as OpenTelemetry defines them; unset, every request is traced
  TRACE_DEBUG true   whether a request with x-trace-debug: 1 is traced whatever the sampler says; false in production
  GRPC_REFLECTION true    whether grpcurl and the like may ask the services what they offer; false in production
`;

const colours = ['cyan', 'yellow', 'magenta', 'blue', 'green', 'red'] as const;
const longest = Math.max(...processNames.map((name) => name.length));

await command(
  {
    name: 'npm start',
    help,
    options: {
      postgres: { type: 'string' },
      otlp: { type: 'string' },
      mtls: { type: 'boolean' },
      faults: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  },
  main,
);

/** What is asked for. */
type Options = {
  readonly postgres?: string;
  readonly otlp?: string;
  readonly mtls?: boolean;
  readonly faults?: boolean;
  readonly json?: boolean;
};

async function main(options: Options) {
  const started = performance.now();
  const logs = options.json ? process.stderr : process.stdout;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, text, { stream: logs });
  const pretty = prettyFactory({
    colorize: logs.isTTY === true && process.env.NO_COLOR === undefined,
    ignore: 'name,pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });

  const data = resolve(process.env.HOTPATH_DATA || '.hotpath');
  let release: () => void;
  try {
    release = lockFolder(data);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof FolderInUseError) return fail(message);
    return fail(`The data folder cannot be used: ${message}. Choose another by HOTPATH_DATA.`);
  }
  process.on('exit', release);

  let stopped = false;
  let shop: Shop | undefined;
  let xray: LiveXray | undefined;
  const stop = async () => {
    if (stopped) {
      shop?.kill();
      process.exit(1);
    }
    stopped = true;
    if (!shop) process.exit(0);
    logs.write(paint('dim', '\nDraining; once more ends it at once.\n'));
    await shop.stop();
    await xray?.stop();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  try {
    await ensurePages((words) => void logs.write(paint('dim', `${words}\n`)));
    // One URL for all of them would put their tables into one schema.
    const { DATABASE_URL: _, ...given } = process.env;
    const faults = options.faults ? { FAULTS: 'true' } : {};
    const env = { ...developmentDefaults(), ...given, ...faults, HOTPATH_DATA: data };
    const onLine = (name: ProcessName, line: string) =>
      void logs.write(`${prefix(name, paint)} ${line.startsWith('{') ? pretty(line) : `${line}\n`}`);
    const tls = options.mtls ? await certificates(data) : undefined;
    const database = options.postgres ? await prepareShopDatabases(options.postgres, env, onLine) : undefined;
    const otlp = options.otlp === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlp };
    const sent = { ...env, ...otlp };
    xray = await launchXray(sent, (line) => void process.stderr.write(`${line}\n`));
    const envOf = (name: ProcessName) => ({ ...sent, ...xray?.env, ...tls?.(name), ...database?.(name) });
    shop = await launchShop({ envOf, onLine });
  } catch (error) {
    return fail((error as Error).message);
  }
  const { endpoints } = shop;
  const gateway = `http://${endpoints.gateway.address}`;
  if (options.json) {
    const services = pick(
      endpoints,
      ({ address }) => address,
      processNames.filter((name) => name !== 'gateway'),
    );
    const admin = pick(endpoints, (endpoint) => endpoint.admin, processNames);
    const pids = pick(endpoints, ({ pid }) => pid, processNames);
    process.stdout.write(`${JSON.stringify({ gateway, services, admin, pids, xray: xray?.url })}\n`);
  } else {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const place = options.postgres ? withoutPassword(options.postgres) : data;
    const link = (url: string) => paint(['cyan', 'underline'], url);
    process.stdout.write(`
${paint(['bold', 'green'], 'Hotpath is running')} ${paint('dim', `after ${seconds} s, data in ${place}${options.mtls ? ', with mutual TLS' : ''}`)}

  Shop     ${link(`${gateway}/`)}
${process.env.NODE_ENV === 'production' ? '' : `  Console  ${link(`${gateway}/console`)}\n`}  API      ${link(`${gateway}/docs`)}
${xray ? `  X-ray    ${link(`${xray.url}/`)}\n` : ''}  Admin    ${processNames.map((name) => `${name} ${link(`http://${endpoints[name].admin}/metrics`)}`).join('  ')}

  curl '${gateway}/api/products?pageSize=3&currency=EUR'
  curl -N ${gateway}/api/products/1/price/stream

${paint('dim', 'Ctrl-C drains and ends it.')}
`);
  }

  const crash = await shop.crashed;
  await shop.stop();
  fail(`${crash}; the others were stopped`);
}

function developmentDefaults(): NodeJS.ProcessEnv {
  return process.env.NODE_ENV === 'production' ? {} : { GRPC_REFLECTION: 'true' };
}

/** Makes what certificates are missing. @returns the settings by which a process uses its own */
async function certificates(data: string): Promise<(name: ProcessName) => NodeJS.ProcessEnv> {
  const { ensureShopCertificates, tlsFolder } = await import('./shop-certs.ts');
  await ensureShopCertificates(data);
  return (name) => ({ TRANSPORT_SECURITY: 'mtls', TLS_FOLDER: tlsFolder(data, name) });
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function prefix(name: ProcessName, paint: (style: Parameters<typeof styleText>[0], text: string) => string) {
  const colour = colours[processNames.indexOf(name) % colours.length] as (typeof colours)[number];
  return paint(colour, `${name.padEnd(longest)} │`);
}

function pick<E, T>(
  endpoints: Readonly<Record<ProcessName, E>>,
  value: (endpoint: E) => T,
  names: readonly ProcessName[],
): Partial<Record<ProcessName, T>> {
  return Object.fromEntries(names.map((name) => [name, value(endpoints[name])]));
}
