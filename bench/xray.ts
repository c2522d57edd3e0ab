import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '@hotpath/cli';
import { analyse } from '../packages/xray/src/analysis.ts';
import { reportOf } from '../packages/xray/src/report.ts';
import { readSpans } from '../packages/xray/src/sources.ts';
import { exportsOfTraces } from './xray/exports.ts';

const help = `How many spans the X-ray reads and understands in a second, on one core. Writes a file of OTLP JSON as a
collector does, each trace's spans scattered over its services' exports, and reads it as npm run xray would. Exits 1 below
50,000 spans a second of CPU time, which minds other load less than the clock.

  npm run bench:xray

  --help  print this

Settings, as environment variables:
  TRACES 30000   how many are written
`;

const TRACES = Number(process.env.TRACES ?? 30_000);
const LEAST = 50_000;

await command({ name: 'npm run bench:xray', help }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xray-'));
  try {
    const file = join(folder, 'traces.jsonl');
    process.stderr.write(`writing ${TRACES} traces\n`);
    const out = createWriteStream(file);
    for (const line of exportsOfTraces(TRACES)) if (!out.write(line)) await once(out, 'drain');
    await once(out.end(), 'finish');

    process.stderr.write('reading them\n');
    const began = performance.now();
    const cpuBefore = process.cpuUsage();
    const analysis = analyse();
    for await (const spans of readSpans(file)) analysis.add(spans);
    const report = reportOf(analysis.finish());
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuSeconds = (user + system) / 1e6;
    const perSecond = Math.round(report.spans / cpuSeconds);
    console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`);
    console.log(
      `${report.traces} traces, ${report.spans} spans, ${(out.bytesWritten / 2 ** 20).toFixed(0)} MiB of OTLP JSON`,
    );
    console.log(
      `${Math.round(report.spans / seconds)} spans/s by the clock, ${perSecond} per second of CPU; must be ${LEAST}`,
    );
    console.log(`${Math.round(process.resourceUsage().maxRSS / 1024)} MiB resident at most`);
    if (perSecond < LEAST) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
});
