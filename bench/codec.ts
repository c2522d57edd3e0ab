/**
 * Codecs side by side. `npm --prefix bench ci` once, then `node scripts/node.mjs bench/codec.ts`.
 *
 * Every sample is a launch of its own, the candidates taking turns: where V8's compiler and collector land differs
 * from launch to launch. Figures are the launches' medians with their least and greatest.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { candidates, protosFolder, tsProtoFolder } from './codec/candidates.ts';
import { type Figures, measure, type Operation, operations } from './codec/measure.ts';

const LAUNCHES = 5;

const candidate = process.argv[2];
if (candidate) console.log(JSON.stringify(await measure(candidate)));
else {
  generateTsProto();
  print(launchAll());
}

/** ts-proto's code for our protos, by buf and ts-proto's plugin for it. */
function generateTsProto(): void {
  const plugin = fileURLToPath(new URL('node_modules/.bin/protoc-gen-ts_proto', import.meta.url));
  if (!existsSync(plugin)) throw new Error('ts-proto is missing: run npm --prefix bench ci');
  const opt = ['forceLong=bigint', 'importSuffix=.ts', 'outputServices=none', 'outputJsonMethods=false'];
  const template = JSON.stringify({ version: 'v2', plugins: [{ local: plugin, out: tsProtoFolder, opt }] });
  const buf = fileURLToPath(new URL('../node_modules/.bin/buf', import.meta.url));
  execFileSync(buf, ['generate', protosFolder, '--template', template]);
}

/** The figures of every launch, by candidate. */
function launchAll(): Map<string, Figures[]> {
  const samples = new Map(Object.keys(candidates).map((name): [string, Figures[]] => [name, []]));
  for (let launch = 0; launch < LAUNCHES; launch++) {
    for (const [name, figures] of samples) {
      const args = ['--single-threaded-gc', fileURLToPath(import.meta.url), name];
      figures.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
    }
  }
  return samples;
}

function print(samples: ReadonlyMap<string, Figures[]>): void {
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${LAUNCHES} launches each\n`);
  console.log('| | codec | ns, median (min-max) | x proto-loader | x JSON |\n|---|---|---|---|---|');
  for (const operation of operations) {
    const loader = spread(samples, 'proto-loader', operation).median;
    const json = spread(samples, 'json', operation).median;
    for (const name of samples.keys()) {
      const { min, median, max } = spread(samples, name, operation);
      const [ns, least, greatest] = [median, min, max].map((value) => Math.round(value).toLocaleString('en'));
      const ratios = [loader, json].map((other) => (other / median).toFixed(1));
      console.log(`| ${operation} | ${name} | ${ns} (${least}-${greatest}) | ${ratios.join(' | ')} |`);
    }
  }
}

function spread(samples: ReadonlyMap<string, Figures[]>, name: string, operation: Operation) {
  const sorted = (samples.get(name) ?? []).map((figures) => figures[operation]).sort((a, b) => a - b);
  const at = (index: number) => sorted.at(index) ?? Number.NaN;
  return { min: at(0), median: at(sorted.length >> 1), max: at(-1) };
}
