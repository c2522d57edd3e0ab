import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { LiveMessage } from '../packages/xray/src/live/run.ts';
import { endChild } from './shop.ts';

/** The X-ray beside the shop. */
export type LiveXray = {
  readonly url: string;
  /** Settings by which a process of the shop sends it its traces, and finds it. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends it: after the shop, which sends its last traces when it ends. */
  stop(): Promise<void>;
};

/**
 * Starts it in a process of its own, so that looking into thousands of traces holds up nobody.
 * @returns none where XRAY_PORT is off or taken, in production, or where the traces go elsewhere
 * @throws Error where XRAY_PORT is no port
 */
export async function launchXray(
  env: NodeJS.ProcessEnv,
  warn: (line: string) => void,
): Promise<LiveXray | undefined> {
  if (env.XRAY_PORT === 'off' || env.NODE_ENV === 'production' || tracesGoElsewhere(env)) return undefined;
  if (env.XRAY_PORT && !(Number(env.XRAY_PORT) <= 65_535 && /^\d+$/.test(env.XRAY_PORT))) {
    throw new Error(`XRAY_PORT is "${env.XRAY_PORT}": say a port, 0 for any free one, or off`);
  }
  const main = new URL('../packages/xray/src/live/run.ts', import.meta.url);
  const child = fork(main, {
    env,
    execArgv: ['--max-old-space-size=512'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Not in the terminal's group: Ctrl-C is for the shop, whose last traces it is to get.
    detached: true,
  });
  const message = await Promise.race([
    once(child, 'message').then(([message]) => message as LiveMessage),
    once(child, 'exit').then(() => undefined),
  ]);
  if (!message || 'why' in message) {
    const why = message?.why ?? 'it did not start';
    warn(`There is no X-ray: ${why}. XRAY_PORT=0 takes any free port, XRAY_PORT=off does without.`);
    return undefined;
  }
  const url = `http://127.0.0.1:${message.port}`;
  return {
    url,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      XRAY_URL: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      // A page shows what was asked for a second ago.
      OTEL_BSP_SCHEDULE_DELAY: env.OTEL_BSP_SCHEDULE_DELAY ?? '1000',
    },
    stop: () => endChild(child),
  };
}

/** Whoever sets an exporter, or turns traces off, is heeded. */
function tracesGoElsewhere(env: NodeJS.ProcessEnv): boolean {
  return Boolean(
    env.OTEL_EXPORTER_OTLP_ENDPOINT ||
      env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ||
      env.OTEL_TRACES_EXPORTER ||
      env.OTEL_SDK_DISABLED,
  );
}
