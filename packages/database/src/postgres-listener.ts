import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const firstRetryMs = 50;
const longestRetryMs = 2_000;
/** A connection that leaves a statement unanswered for so long is dead, whatever TCP says. */
const answerMs = 2_000;

/** The connection of a process that is no part of the pool: it listens for all, and says how the server is. */
export interface Listener {
  /** As `Database.listen`; rejects with pg's errors. */
  listen(channel: string, onWake: () => void): Promise<() => Promise<void>>;
  /** Resolves when the server answers, however busy the pool is; connects where need be. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Opens nothing yet: it connects when it is first needed, and again whenever the connection is lost. */
export function createListener(config: pg.ClientConfig): Listener {
  const channels = new Map<string, Set<() => void>>();
  let client: Promise<pg.Client> | undefined;
  let checking: Promise<void> | undefined;
  let missing = false;
  let closed = false;

  const connected = () => {
    client ??= connect().catch((error) => {
      client = undefined;
      throw error;
    });
    return client;
  };

  async function connect(): Promise<pg.Client> {
    const connecting = new pg.Client(config);
    // Its end is what counts, and comes too.
    connecting.on('error', () => {});
    connecting.on('notification', ({ channel }) => wake(channels.get(channel)));
    await connecting.connect();
    connecting.on('end', lost);
    for (const channel of channels.keys()) await connecting.query(`listen ${channel}`);
    if (missing) for (const wakes of channels.values()) wake(wakes);
    missing = false;
    return connecting;
  }

  function wake(wakes: Iterable<() => void> = []): void {
    for (const wake of wakes) wake();
  }

  function lost(): void {
    client = undefined;
    if (closed || channels.size === 0) return;
    missing = true;
    void reconnect();
  }

  async function reconnect(): Promise<void> {
    for (
      let pause = firstRetryMs;
      !closed && channels.size > 0;
      pause = Math.min(2 * pause, longestRetryMs)
    ) {
      try {
        await connected();
        return;
      } catch {
        await sleep(pause, undefined, { ref: false });
      }
    }
  }

  async function ask(): Promise<void> {
    const asked = await connected();
    const giveUp = setTimeout(() => asked.connection.stream.destroy(), answerMs);
    await asked.query('select 1').finally(() => clearTimeout(giveUp));
  }

  return {
    async listen(channel, onWake) {
      // A wake comes out of the socket; it is to run in the asynchronous context of who listens.
      const wake = AsyncLocalStorage.bind(() => onWake());
      const wakes = channels.get(channel) ?? new Set();
      channels.set(channel, wakes.add(wake));
      const stop = async () => {
        wakes.delete(wake);
        if (wakes.size > 0 || channels.get(channel) !== wakes) return;
        channels.delete(channel);
        await client?.then((client) => client.query(`unlisten ${channel}`)).catch(() => {});
      };
      try {
        await (await connected()).query(`listen ${channel}`);
        return stop;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    check() {
      checking ??= ask().finally(() => {
        checking = undefined;
      });
      return checking;
    },
    async close() {
      closed = true;
      await client?.then((client) => client.end()).catch(() => {});
    },
  };
}
