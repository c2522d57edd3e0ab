import { type Logger as Pino, pino } from 'pino';
import pretty from 'pino-pretty';
import { currentTrace } from './trace.ts';

/** A pino logger: one JSON line per event, or a coloured line on a terminal. */
export type Logger = Pino;

/** What `createLogger` is told. */
export type LoggerInit = {
  /** The process's name, in every line. */
  readonly name: string;
  /** Least level that is written; LOG_LEVEL, else "info". */
  readonly level?: string;
};

/** Paths whose values never reach a log. */
const secrets = ['password', 'token', 'authorization', 'cookie', '["set-cookie"]', 'DATABASE_URL'];

/** The process's logger, on standard output. */
export function createLogger({ name, level = process.env.LOG_LEVEL ?? 'info' }: LoggerInit): Logger {
  const options = {
    name,
    level,
    base: { name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin() {
      const trace = currentTrace();
      return trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {};
    },
    redact: secrets.flatMap((key) => {
      const path = key.startsWith('[') ? key : `.${key}`;
      return [key, `*${path}`, `*.*${path}`];
    }),
  };
  return process.stdout.isTTY ? pino(options, pretty({ sync: true, ignore: 'name' })) : pino(options);
}
