import type { ServeOptions } from '../peers/peer.ts';
import type { Usage } from '../usage.ts';

/** How much is measured. */
export type Pace = {
  /** Launches of each trial. */
  readonly samples: number;
  /** How long a launch runs before anything counts, ms. */
  readonly warmUpMs: number;
  /** How long it is measured, ms. */
  readonly measuredMs: number;
  /** For trials that measure so many of something: a twentieth of it in quick runs. */
  readonly quick: boolean;
};

/** What one launch measures: a server and its client, or a client alone. */
export type Trial = {
  /** What the figures are of, `one price`. */
  readonly case: string;
  /** Whose they are, a name of peers/index.ts or of the suite's own. */
  readonly peer: string;
  /** Without it no server is started. */
  readonly server?: ServeOptions;
  /** Who serves and is called where that is another than `peer` says. */
  readonly as?: string;
  /** What the job is told. */
  readonly args?: Readonly<Record<string, string | number>>;
  /** Whether both may use every core, since the server is several processes. */
  readonly anyCore?: boolean;
  /** The Node that runs both, where it is not this one: one too old to run TypeScript by itself. */
  readonly node?: string;
  /** The environment of both processes, beside that of the benchmark. */
  readonly env?: NodeJS.ProcessEnv;
};

export type Figure = { readonly unit: string; readonly value: number };

/** What one launch has found, by what is added to the trial's case; the main figure under ''. */
export type Figures = Readonly<Record<string, Figure>>;

/** What a job runs with, in the client's process. */
export type Job = {
  readonly peer: string;
  /** `host:port` of the server, empty where there is none. */
  readonly address: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly pace: Pace;
  /** What the server has used so far, after a collection of garbage where that is asked for. */
  serverUsage(collect?: boolean): Promise<Usage>;
};

/** A set of trials that answer one question. */
export type Suite = {
  /** What it finds out, in a sentence. */
  readonly about: string;
  /** Launches of each trial where that is not the pace's number: what never varies needs one. */
  readonly samples?: number;
  /** How many times as long as others it warms up: what V8 has not optimised yet costs calls that are traced or not alike. */
  readonly warmUps?: number;
  /** Prepares and lists the trials; `close` undoes what was prepared. Runs in the process of the benchmark. */
  open(pace: Pace): Promise<{ readonly trials: readonly Trial[]; close?(): Promise<void> }>;
  /** Serves in a process of its own. @returns `host:port`. By default the peer of that name does. */
  serve?(peer: string, options: ServeOptions): Promise<string>;
  /** Measures one launch of one trial, checking every answer. */
  job(job: Job): Promise<Figures>;
};
