import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '@hotpath/database';
import { catalogue } from '../cdk8s/src/catalogue.ts';
import type { ProcessName } from './shop.ts';

/** The services that have a database. On a server each has a schema of its own in the one database that is given. */
const owners: readonly ProcessName[] = catalogue.filter(({ database }) => database).map(({ name }) => name);

/**
 * Prepares a database on a PostgreSQL server for the shop: makes the schemas that are missing and runs each service's
 * migrate command.
 * @param url of a role that may create schemas
 * @param onLine gets each line that a command prints
 * @returns the settings by which a process finds its own
 * @throws Error whose message says in one line why it cannot be used
 */
export async function prepareShopDatabases(
  url: string,
  env: NodeJS.ProcessEnv,
  onLine: (name: ProcessName, line: string) => void,
): Promise<(name: ProcessName) => NodeJS.ProcessEnv> {
  await createSchemas(url);
  const settings = new Map<ProcessName, NodeJS.ProcessEnv>(
    owners.map((name) => [name, { DATABASE_URL: inSchema(url, schemaOf(name)) }]),
  );
  await Promise.all(
    owners.map((name) => migrate(name, { ...env, ...settings.get(name) }, (line) => onLine(name, line))),
  );
  return (name) => settings.get(name) ?? {};
}

/** A database's URL without its password, to be shown. */
export function withoutPassword(url: string): string {
  const shown = parse(url);
  shown.password = '';
  return shown.href;
}

const schemaOf = (name: ProcessName) => `hotpath_${name}`;

async function createSchemas(url: string): Promise<void> {
  parse(url);
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    for (const name of owners) await db.script(`create schema if not exists ${schemaOf(name)}`);
  } catch (error) {
    throw new Error(`${withoutPassword(url)} cannot be used: ${(error as Error).message}`);
  } finally {
    await db.close();
  }
}

/** Runs a service's migrate command. Rejects with what it says when it fails. */
function migrate(name: ProcessName, env: NodeJS.ProcessEnv, onLine: (line: string) => void): Promise<void> {
  const command = fileURLToPath(new URL(`../services/${name}/src/migrate.ts`, import.meta.url));
  const child = spawn(process.execPath, [command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const words: string[] = [];
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', (line) => words.push(line));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(words.join('\n')))));
  });
}

/** The same database with `schema` as the only one that names are looked up in. */
function inSchema(url: string, schema: string): string {
  const own = parse(url);
  const options = [own.searchParams.get('options'), `-c search_path=${schema}`];
  own.searchParams.set('options', options.filter(Boolean).join(' '));
  // PostgreSQL's own tools read a plus as a plus.
  own.search = own.search.replaceAll('+', '%20');
  return own.href;
}

function parse(url: string): URL {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return new URL(url);
  throw new Error('--postgres takes postgres://USER:PASSWORD@HOST:PORT/DATABASE (npm start -- --help)');
}
