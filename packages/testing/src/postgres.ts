import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A PostgreSQL server of one's own, which may be restarted and killed. */
export type PostgresServer = {
  /** `postgres://USER:PASSWORD@127.0.0.1:PORT/postgres` of a superuser; it stays the same over restarts. */
  readonly url: string;
  /** Its first process. */
  readonly pid: number;
  /** Makes an empty database and gives its URL. */
  createDatabase(): Promise<string>;
  /** Stops it and starts it again. `fast` ends every connection in order, `immediate` is a crash. */
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Ends it by SIGKILL; `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
};

/** PostgreSQL refuses to run as root. By this id on Debian, Alpine and Fedora it is `nobody` who runs it. */
const nobody = 65_534;

/** Why no server can be started here; undefined where one can. */
export function postgresAvailable(): string | undefined {
  if (programs() !== undefined) return undefined;
  return 'no PostgreSQL server here: install one (Debian: apt install postgresql), or set DATABASE_URL';
}

/**
 * Starts a PostgreSQL server with new data on a free port of the loopback.
 * @param settings of its configuration, as `{ max_connections: '400' }`
 * @param tls its certificate and key as PEM; left out: it speaks no TLS
 * @throws Error with its log where it does not start
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
  tls?: { readonly certificate: string; readonly key: string },
): Promise<PostgresServer> {
  const bin = programs();
  if (bin === undefined) throw new Error(postgresAvailable());
  const folder = await mkdtemp(join(tmpdir(), 'hotpath-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: nobody, gid: nobody } : {};
  const give = (path: string) => (isRoot ? chown(path, nobody, nobody) : undefined);
  /** Puts a file beside the data that only the server reads. @returns its path */
  const put = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    await give(path);
    return path;
  };
  await give(folder);
  const password = randomBytes(16).toString('hex');
  const data = join(folder, 'data');
  // Nothing is lost by a process's death without fsync, only by the machine's.
  const how = ['--no-sync', '--auth=scram-sha-256', `--pwfile=${await put('password', password)}`];
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', ...how], {
    cwd: folder,
    ...user,
  });
  const port = await freePort();
  const options = Object.entries({
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(tls && {
      ssl: 'on',
      ssl_cert_file: await put('certificate.pem', tls.certificate),
      ssl_key_file: await put('key.pem', tls.key),
    }),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

  let server = await start();
  const kill = () => server.kill('SIGQUIT');
  process.on('exit', kill);

  /** Resolves when it takes connections. The processes of a killed one need a moment to let go of its data. */
  async function start(): Promise<ChildProcess> {
    const log: string[] = [];
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const child = spawn(join(bin as string, 'postgres'), ['-D', data, '-p', String(port), ...options], {
        cwd: folder,
        env: { ...process.env, LC_ALL: 'C' },
        stdio: ['ignore', 'ignore', 'pipe'],
        ...user,
      });
      const ready = new Promise<boolean>((resolve) => {
        createInterface({ input: child.stderr }).on('line', (line) => {
          log.push(line);
          if (line.includes('ready to accept connections')) resolve(true);
        });
        child.once('exit', () => resolve(false));
      });
      if (await ready) return child;
      if (!log.some((line) => /still in use|postmaster\.pid/.test(line))) break;
      await sleep(100);
    }
    throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }

  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  let databases = 0;
  return {
    url,
    get pid() {
      return server.pid as number;
    },
    createDatabase() {
      databases += 1;
      return createDatabase(url, `hotpath_${databases}`);
    },
    async restart(mode = 'fast') {
      await end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      server = await start();
    },
    kill: () => end('SIGKILL'),
    async stop() {
      process.off('exit', kill);
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an empty database on a server. @returns its URL */
export async function createDatabase(url: string, name: string): Promise<string> {
  await withClient(url, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`));
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}

/** Drops the databases of a server whose names begin so, and ends those who are connected to them. */
export function dropDatabases(url: string, prefix: string): Promise<void> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select quote_ident(datname) as name from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // A lost connection is told by the statement that fails.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The folder of the server's programs: the first on PATH that has them, else the newest that Debian installed. */
function programs(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ].find((folder) => existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'initdb')));
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
