import type { CallGraph, ServiceDefinition } from '@hotpath/contracts';
import { createLogger, type Logger, listenAdmin, tracing } from '@hotpath/telemetry';
import { z } from 'zod';
import { type Channel, openChannel } from './channel.ts';
import { type Client, createClient } from './client.ts';
import { answerFaults } from './fault-admin.ts';
import { firstConnections } from './first-connections.ts';
import { hostOf } from './identity.ts';
import { inspectionSettings } from './inspection.ts';
import { askHealth, type PeerHealth } from './peer-health.ts';
import { openSecurity, type Security, securitySettings } from './security.ts';
import { parseSettings } from './settings.ts';
import { StartError, wordsFor } from './start-error.ts';
import { faultsOn, refuseTrials, trialSettings } from './trials.ts';

/** A process: a name, its settings, and what it runs. */
export type ProcessInit<Shape extends z.ZodRawShape> = {
  /** Lower-case name; its ports are the settings NAME_PORT and NAME_ADMIN_PORT. */
  readonly name: string;
  /** Default of NAME_PORT. */
  readonly port: number;
  /** Default of NAME_ADMIN_PORT. */
  readonly adminPort: number;
  /** Its own settings, by environment variable. */
  readonly settings: Shape;
  /** Who calls what. A call of this process that it lacks is refused before it is made. */
  readonly callGraph?: CallGraph;
  /** Whether its calls are retried by their service configs; only the outermost process should. */
  readonly retries?: boolean;
  /**
   * Listens on `context.port`, opens what is needed and returns when work may come. Rejects to end the start. The process is
   * ready when its clients, too, have had the time to connect.
   */
  open(context: ProcessContext<Shape>): Promise<void>;
};

/** What a process finds when it opens. */
export type ProcessContext<Shape extends z.ZodRawShape> = {
  readonly name: string;
  /** The checked settings. */
  readonly settings: z.infer<z.ZodObject<Shape>>;
  /** Interface to listen on: BIND_ADDRESS, by default the loopback's. */
  readonly host: string;
  /** NAME_PORT. 0: any free one. */
  readonly port: number;
  /** How long a drain may take, ms: DRAIN_GRACE_MS. */
  readonly graceMs: number;
  readonly log: Logger;
  /** How its calls travel, in and out. */
  readonly security: Security;
  /** What it tells of itself: GRPC_REFLECTION, GRPC_CHANNELZ. */
  readonly inspection: z.infer<z.ZodObject<typeof inspectionSettings>>;
  /** Tells whoever started the process which port it got. */
  listening(port: number): void;
  /** Runs `close` at the end, the latest first; the process is not ready any more by then. */
  onClose(close: () => Promise<void> | void): void;
  /** A client of a service at `host:port`, on a channel of its own that closes with the process. */
  connect<S extends ServiceDefinition>(service: S, address: string): Client<S>;
  /** Resolves when its clients have connected, or have had the time to. */
  connected(): Promise<void>;
  /** Adds a condition to /readyz: a text says why the process must get no work, undefined that it may. */
  readyWhen(check: () => string | undefined): void;
  /** What /readyz says. */
  readiness(): { readonly ready: boolean; readonly reason: string };
  /** What each process that it has connected to says of its health (grpc.health.v1), within `mostMs`. */
  peerHealth(mostMs: number): Promise<readonly PeerHealth[]>;
};

/** What a process tells its parent, if that has an IPC channel. */
export type ProcessMessage =
  | { readonly type: 'listening'; readonly port: number; readonly adminPort: number }
  | { readonly type: 'ready' };

/** How long a start waits for connections to those that it calls, ms. */
const firstConnectionMs = 3_000;

const portSetting = (port: number) =>
  z.coerce.number('must be a port, 0 to 65535').int().min(0).max(65_535).default(port);

/**
 * The life of a process: settings from the environment, checked; admin port; `open`; then until SIGTERM,
 * SIGINT or its parent's end it runs, drains and exits 0. A second signal ends it at once. What stops the start
 * is one line on standard error and exit 1.
 */
export async function runProcess<Shape extends z.ZodRawShape>(init: ProcessInit<Shape>): Promise<void> {
  const { name } = init;
  // The last to be registered is the first to be closed: spans leave when all calls have ended.
  const closers: (() => Promise<void> | void)[] = [() => tracing?.close()];
  const checks: (() => string | undefined)[] = [];
  const channels: Channel[] = [];
  const channelOf = new Map<string, Channel>();
  let state = 'starting' as 'starting' | 'ready' | 'draining';
  try {
    const NAME = name.toUpperCase();
    const common = parseSettings({
      BIND_ADDRESS: z.string().min(1).default('127.0.0.1'),
      DRAIN_GRACE_MS: z.coerce.number().int().min(0).max(600_000).default(10_000),
      LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
      [`${NAME}_PORT`]: portSetting(init.port),
      [`${NAME}_ADMIN_PORT`]: portSetting(init.adminPort),
    });
    const settings = parseSettings(init.settings);
    const host = common.BIND_ADDRESS as string;
    const port = common[`${NAME}_PORT`] as number;
    const log = createLogger({ name });

    refuseTrials(parseSettings(trialSettings));
    const security = await openSecurity(parseSettings(securitySettings), name, log);
    closers.push(() => security.close());

    const inspection = parseSettings(inspectionSettings);
    const readiness = () => {
      const problem = state === 'draining' ? undefined : checks.map((check) => check()).find(Boolean);
      const reason = problem ?? (state === 'ready' ? undefined : state);
      return { ready: reason === undefined, reason: reason ?? 'ready' };
    };
    const admin = await listenAdmin({
      host,
      port: common[`${NAME}_ADMIN_PORT`] as number,
      readiness,
      ...(faultsOn && { more: answerFaults }),
    }).catch(cannotListen(`${NAME}_ADMIN_PORT`));
    closers.push(() => admin.close());

    const stop = (why: string) => {
      if (state === 'draining') process.exit(1);
      state = 'draining';
      log.info({ why }, 'draining');
      void close().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, 'could not close cleanly');
          process.exit(1);
        },
      );
    };
    process.on('SIGTERM', () => stop('SIGTERM'));
    process.on('SIGINT', () => stop('SIGINT'));
    process.on('disconnect', () => stop('the parent process is gone'));

    let connecting: Promise<void> | undefined;
    const connected = () => {
      connecting ??= firstConnections(channels, firstConnectionMs);
      return connecting;
    };
    await init
      .open({
        name,
        settings,
        host,
        port,
        graceMs: common.DRAIN_GRACE_MS as number,
        log,
        security,
        inspection,
        listening: (got) => tellParent({ type: 'listening', port: got, adminPort: admin.port }),
        onClose: (close) => closers.push(close),
        connected,
        readyWhen: (check) => checks.push(check),
        readiness,
        peerHealth: (mostMs) =>
          Promise.all(
            [...channelOf].map(async ([peer, channel]) => ({
              peer,
              status: await askHealth(channel, mostMs),
            })),
          ),
        connect: (service, address) => {
          const peer = hostOf(service.name);
          const channel = openChannel(address, {
            credentials: security.channelCredentials(peer),
            serviceConfig: service.serviceConfig,
            retries: init.retries,
            channelz: inspection.GRPC_CHANNELZ,
          });
          if (state === 'starting') channels.push(channel);
          channelOf.set(peer, channel);
          closers.push(() => channel.close());
          return createClient(service, channel, init.callGraph);
        },
      })
      .catch(cannotListen(`${NAME}_PORT`));
    await connected();
    if (state === 'starting') {
      state = 'ready';
      log.info('ready');
      tellParent({ type: 'ready' });
    }
  } catch (error) {
    if (state === 'draining') return;
    process.stderr.write(`${name}: ${wordsFor(error)}\n`);
    process.exit(1);
  }

  async function close() {
    for (const closer of closers.reverse()) await closer();
  }
}

function tellParent(message: ProcessMessage): void {
  process.send?.(message);
}

/** Turns the errors of listening that a setting mends into one line that names it. */
function cannotListen(setting: string) {
  return (error: Error): never => {
    const [, code] = /\b(EADDRINUSE|EACCES|EADDRNOTAVAIL)\b/.exec(error.message) ?? [];
    if (!code) throw error;
    const what = {
      EADDRINUSE: 'the port is taken: end what listens there, or choose another by',
      EACCES: 'the port needs rights that this user lacks: choose another by',
      EADDRNOTAVAIL: 'the interface does not exist: correct BIND_ADDRESS, for',
    }[code];
    throw new StartError(`${what} ${setting} (${error.message})`);
  };
}
