import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './postgres.ts';

/** A value that a query gives. */
export type PrometheusSample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** A real Prometheus that scrapes every second. */
export type Prometheus = {
  /** What an instant query gives now. */
  query(expr: string): Promise<readonly PrometheusSample[]>;
  /** What an endpoint of its API answers: `rules`, `targets`, `query_exemplars?query=...`. */
  api<T>(path: string): Promise<T>;
  stop(): Promise<void>;
};

/** Why no Prometheus can be started; undefined where one can. */
export function prometheusAvailable(): string | undefined {
  try {
    for (const program of ['prometheus', 'promtool'])
      execFileSync(program, ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return "no prometheus and promtool on PATH: Debian's package prometheus has both";
  }
}

/**
 * Starts one.
 * @param targets `host:port` of what it scrapes, by job
 * @param rules files of rules, which it evaluates every second
 */
export async function startPrometheus(
  targets: Readonly<Record<string, string>>,
  rules: readonly string[] = [],
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'hotpath-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: Object.entries(targets).map(([job_name, target]) => ({
      job_name,
      static_configs: [{ targets: [target] }],
    })),
  };
  // JSON is YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const log: string[] = [];
  child.stderr.on('data', (data) => log.push(String(data)));
  await untilReady(child, address).catch(async (error: Error) => {
    child.kill('SIGKILL');
    throw new Error(`${error.message}:\n${log.join('')}`);
  });

  async function api<T>(path: string): Promise<T> {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error) throw new Error(`${path}: ${error}`);
    return data;
  }
  return {
    api,
    async query(expr) {
      type Vector = { result: { metric: Record<string, string>; value: [number, string] }[] };
      const { result } = await api<Vector>(`query?query=${encodeURIComponent(expr)}`);
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess, address: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`Prometheus exited with ${child.exitCode}`);
    const ready = await fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(100);
  }
  throw new Error('Prometheus is not ready after 30 s');
}
