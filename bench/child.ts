/** A process that measure.ts launches: a server, or a client that does a suite's job. */
import { WrongAnswer } from './check.ts';
import { peerOf } from './peers/index.ts';
import type { ServeOptions } from './peers/peer.ts';
import { suiteOf } from './suites/index.ts';
import type { Figures, Job } from './suites/suite.ts';
import { type Usage, usage } from './usage.ts';

/** What a process is launched for. */
export type Order =
  | {
      readonly role: 'server';
      readonly suite: string;
      readonly peer: string;
      readonly options: ServeOptions;
    }
  | ({ readonly role: 'client'; readonly suite: string } & Omit<Job, 'serverUsage'>);

/** What goes from and to such a process. */
export type Message = {
  /** From a server: where it listens. */
  readonly address?: string;
  /** To a server: tell what you have used. From a client: have it told. */
  readonly ask?: { readonly collect: boolean };
  /** From a server, and on to its client. */
  readonly usage?: Usage;
  /** From a client, when it is done. */
  readonly figures?: Figures;
  /** From either: why it has failed, and whether an answer was wrong. */
  readonly failure?: { readonly text: string; readonly wrong: boolean };
};

const send = (message: Message) => process.send?.(message);
process.on('disconnect', () => process.exit());

process.on('uncaughtException', fail);

const order: Order = JSON.parse(process.argv[2] as string);
if (order.role === 'server') await serve(order);
else await measure(order);

function fail(error: unknown): void {
  send({ failure: { text: (error as Error).stack ?? String(error), wrong: error instanceof WrongAnswer } });
}

async function serve({ suite, peer, options }: Extract<Order, { role: 'server' }>): Promise<void> {
  const { serve = async (name) => (await peerOf(name)).serve(options) } = await suiteOf(suite);
  const address = await serve(peer, options);
  process.on('message', ({ ask }: Message) => {
    if (ask) send({ usage: usage(ask.collect) });
  });
  send({ address });
}

async function measure({ suite, ...job }: Extract<Order, { role: 'client' }>): Promise<void> {
  const { job: run } = await suiteOf(suite);
  const serverUsage = (collect = false) =>
    new Promise<Usage>((resolve) => {
      process.once('message', ({ usage }: Message) => usage && resolve(usage));
      send({ ask: { collect } });
    });
  send({ figures: await run({ ...job, serverUsage }) });
}
