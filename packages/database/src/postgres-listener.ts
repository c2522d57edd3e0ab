import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const firstRetryMs = 50;
const longestRetryMs = 2_000;
/** A connection that leaves a statement, or its end, unanswered for so long is dead, whatever TCP says. */
const answerMs = 2_000;

/** The connection of a process that is no part of the pool: it listens for all, and says how the server is. */
export interface Listener {
  /** As `Database.listen`; rejects with pg's errors. */
  listen(channel: string, onWake: () => void): Promise<() => Promise<void>>;
  /** Resolves when the server answers, however busy the pool is; connects where need be. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Opens nothing yet: it connects when it is first needed, and while someone listens again after each loss. */
export function createListener(config: pg.ClientConfig): Listener {
  const channels = new Map<string, Set<() => void>>();
  let connection: Promise<pg.Client> | undefined;
  /** Whether notifications may have been missed. */
  let missing = false;
  let checking: Promise<void> | undefined;
  let closed = false;

  function connected(): Promise<pg.Client> {
    if (connection) return connection;
    const opening = open();
    connection = opening;
    const gone = () => {
      if (connection === opening) connection = undefined;
    };
    opening.then((client) => {
      client.once('end', () => {
        gone();
        missing = channels.size > 0;
        if (missing) void reconnect();
      });
    }, gone);
    return opening;
  }

  async function open(): Promise<pg.Client> {
    const client = new pg.Client(config);
    // Whatever it is, the connection's end comes after it.
    client.on('error', () => {});
    client.on('notification', ({ channel }) => wake(channels.get(channel)));
    try {
      await client.connect();
      for (const channel of channels.keys()) await client.query(`listen ${channel}`);
    } catch (error) {
      client.connection.stream.destroy();
      throw error;
    }
    if (missing) for (const wakes of channels.values()) wake(wakes);
    missing = false;
    return client;
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

  function wake(wakes: Iterable<() => void> = []): void {
    for (const wake of wakes) wake();
  }

  async function ask(): Promise<void> {
    const client = await connected();
    await orGiveUp(client, client.query('select 1'));
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
        await connection?.then((client) => client.query(`unlisten ${channel}`)).catch(() => {});
      };
      try {
        const client = await connected();
        await client.query(`listen ${channel}`);
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
      channels.clear();
      await connection?.then((client) => orGiveUp(client, client.end())).catch(() => {});
    },
  };
}

/** Waits for an answer, and ends the connection where none comes. */
async function orGiveUp(client: pg.Client, answer: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), answerMs);
  await answer.finally(() => clearTimeout(timer));
}
