import type { TraceContext } from './trace.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether traces are on: an exporter or its endpoint is set, and nothing turns them off.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function tracesWanted(env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  return Boolean(
    env.OTEL_TRACES_EXPORTER || env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
  );
}

/** Whether a trace is exported that begins here, or goes on here from `parent`. */
export type Decide = (traceId: string, parent?: TraceContext) => boolean;

/**
 * What OTEL_TRACES_SAMPLER and its ARG say. Where a ratio decides, it does so by the trace's id, so that all processes
 * decide alike. @throws Error that names what is wrong
 */
export function samplerOf(env: Environment): Decide {
  const name = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const root = rootSampler(name.replace(/^parentbased_/, ''), env.OTEL_TRACES_SAMPLER_ARG);
  return name.startsWith('parentbased_') ? (id, parent) => parent?.sampled ?? root(id) : root;
}

function rootSampler(name: string, argument: string | undefined): (traceId: string) => boolean {
  switch (name) {
    case 'always_on':
      return () => true;
    case 'always_off':
      return () => false;
    case 'traceidratio': {
      const ratio = argument ? Number(argument) : 1;
      if (!(ratio >= 0 && ratio <= 1)) {
        throw new Error(`OTEL_TRACES_SAMPLER_ARG must be a ratio from 0 to 1, not ${argument}`);
      }
      // Its last 28 bits are random in every trace id, whoever drew it.
      return (traceId) => Number.parseInt(traceId.slice(-7), 16) < ratio * 2 ** 28;
    }
    default:
      throw new Error(
        `OTEL_TRACES_SAMPLER must be always_on, always_off or traceidratio, or one of them after parentbased_, not ${name}`,
      );
  }
}
