import { tracesWanted } from './trace-settings.ts';

// Loaded by `node --import`, ahead of all that is to be instrumented. Where traces are off this is all that happens.
if (tracesWanted(process.env)) {
  const { startTracing } = await import('./otel/start.ts');
  try {
    await startTracing();
  } catch (error) {
    process.stderr.write(`traces: ${(error as Error).message}\n`);
    process.exit(1);
  }
}
