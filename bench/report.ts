import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import { holds, judge, targetOf } from './claims.ts';
import type { Cores } from './cores.ts';
import type { Case } from './measure.ts';

/** A run as `--json` writes it. */
export type Run = {
  /** Where it ran, in a sentence, and whether processes were pinned. */
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly cases: readonly Case[];
};

/** Where this runs. A load before it begins says that the machine is another's too. */
export function machineOf(cores: Cores): string {
  const pinned = cores
    ? `server pinned to core ${cores.server}, client to core ${cores.client}`
    : 'processes not pinned';
  const model = `${cpus().length} x ${cpus()[0]?.model.trim()}`;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = `load ${loadavg()[0]?.toFixed(1)} when it began`;
  return [model, memory, `${type()} ${release()} ${arch()}`, pinned, load].join('; ');
}

const compared = [
  ['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'express'],
  ['fastify', 'undici', 'nice-grpc', 'ts-proto', '@connectrpc/connect-node', '@bufbuild/protobuf'],
] as const;

/** What is compared. Packages that are not installed are left out. */
export function versionsOf(): Run['versions'] {
  const roots = [new URL('../package.json', import.meta.url), new URL('package.json', import.meta.url)];
  const packages = compared.flatMap((names, index) =>
    names.flatMap((name) => {
      const folders = createRequire(roots[index] as URL).resolve.paths(name) ?? [];
      const version = folders.map((folder) => versionIn(`${folder}/${name}/package.json`)).find(Boolean);
      return version ? [[name, version] as const] : [];
    }),
  );
  return { node: process.version, hotpath: revision(), ...Object.fromEntries(packages) };
}

function versionIn(file: string): string | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).version;
  } catch {
    return undefined;
  }
}

function revision(): string {
  try {
    const cwd = new URL('.', import.meta.url);
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** A figure with as many digits as say something: three. A ratio over nothing is `-`. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** The run as text: a table for each case, and what is claimed. */
export function reportOf({ machine, versions, date, cases }: Run): string {
  const lines = [`${machine}; ${date}`, list(versions)];
  const names = new Set(cases.map((one) => `${one.suite}: ${one.case}`));
  for (const name of names) {
    const peers = cases.filter((one) => `${one.suite}: ${one.case}` === name);
    const [first] = peers as [Case];
    lines.push('', `${name}, ${first.unit}`);
    const width = Math.max(...peers.map(({ peer }) => peer.length));
    for (const { peer, median, min, max } of peers) {
      const ratio = peer === first.peer ? '' : `  ${digits(median / first.median)} x ${first.peer}`;
      lines.push(`  ${peer.padEnd(width)}  ${digits(median)} (${digits(min)}-${digits(max)})${ratio}`);
    }
  }
  const judged = judge(cases).filter(({ measured }) => measured !== undefined);
  if (judged.length > 0) lines.push('', 'what is claimed');
  for (const one of judged) {
    const { claim, measured = Number.NaN, target } = one;
    const verdict = holds(measured, target) ? 'holds' : 'DOES NOT HOLD';
    lines.push(`  ${claim.what}: ${digits(measured)}, aimed at ${targetOf(one)}: ${verdict}`);
  }
  return lines.join('\n');
}

/** `node v24.21.0, express 5.3.0` */
export const list = (versions: Run['versions']): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
