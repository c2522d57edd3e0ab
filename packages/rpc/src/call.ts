import { AsyncLocalStorage } from 'node:async_hooks';
import { Metadata } from '@grpc/grpc-js';
import { RESERVE_MS } from '@hotpath/contracts';
import { type Attributes, type TraceContext, traceFrom } from '@hotpath/telemetry';
import { Code } from './code.ts';
import { cancelled, deadlineExceeded, RpcError } from './errors.ts';
import { defended } from './trials.ts';

/** The caller of whom it is not proven who it is. */
export const ANONYMOUS = 'anonymous';

const deadlines = defended('deadlines');

type EndHook = (cause: RpcError) => void;

/** What a new call is made of. */
export type CallInit = {
  /** `/package.Service/Method`, or `GET /api/products` for a route. */
  readonly path: string;
  /** How long it may take, ms from now; Infinity for a stream. */
  readonly budgetMs: number;
  /** Who calls: the peer's proven identity, else "anonymous". */
  readonly caller?: string | undefined;
  /** The call on whose behalf it runs. Its end is this call's end, its deadline a bound on this call's. */
  readonly parent?: Call | undefined;
  /** What is sent along with the request; defaults to nothing. */
  readonly metadata?: Metadata | undefined;
  /** Where it is in a trace; else where its parent is. */
  readonly trace?: TraceContext | undefined;
};

/**
 * One call as either side sees it: its deadline by the monotonic clock, the signal of its end, its caller.
 * Handlers get it as second argument and anything below them by `currentCall()`.
 */
export class Call {
  readonly path: string;
  readonly caller: string;
  /** When it began, in `performance.now()` ms. */
  readonly startedAt: number;
  /** When its budget is spent, in `performance.now()` ms; Infinity where it has no total limit (streams). */
  readonly deadline: number;

  /** Where it is in a trace, from where the calls made for it go on; undefined where traces are off. */
  trace: TraceContext | undefined;
  /** @internal What its span will tell; undefined where it has none of its own. */
  spanAttributes: Attributes | undefined;

  #cause: RpcError | undefined;
  #code: Code | undefined;
  #endHooks: Set<EndHook> | undefined;
  #settledHooks: ((code: Code) => void)[] | undefined;
  #controller: AbortController | undefined;
  #metadata: Metadata | undefined;
  #timer: NodeJS.Timeout | undefined;
  #leaveParent: (() => void) | undefined;
  #parent: Call | undefined;
  #waits = 0;
  /** @internal Told when it begins to wait for other calls, and when it waits for none any more. */
  onWait: ((waiting: boolean) => void) | undefined;

  constructor({ path, budgetMs, caller, parent, metadata, trace }: CallInit) {
    this.path = path;
    this.trace = trace ?? parent?.trace;
    this.#metadata = metadata;
    this.startedAt = performance.now();
    this.caller = caller ?? parent?.caller ?? ANONYMOUS;
    this.deadline = this.startedAt + (deadlines ? budgetMs : Number.POSITIVE_INFINITY);
    if (parent && deadlines) {
      this.deadline = Math.min(this.deadline, parent.deadline - RESERVE_MS);
      this.#leaveParent = parent.onEnd((cause) => this.end(cause));
      this.#parent = parent;
      parent.beginWait();
    }
  }

  /**
   * What is sent along with the request: on a server what came, on a client what will go, to which its policies
   * add. The calls made on this one's behalf do not inherit it.
   */
  get metadata(): Metadata {
    this.#metadata ??= new Metadata();
    return this.#metadata;
  }

  /** What is left of the budget, ms; 0 or less when it is spent, Infinity where there is no limit. */
  remaining(): number {
    return this.deadline - performance.now();
  }

  /** Aborted, with the cause as its reason, when the deadline passes or the caller leaves. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#cause) this.#controller.abort(this.#cause);
    }
    return this.#controller.signal;
  }

  /** Why it ended before its work was done; undefined while it runs or when it completed. */
  get cause(): RpcError | undefined {
    return this.#cause;
  }

  /** Whether it has ended, either way. */
  get over(): boolean {
    return this.#code !== undefined;
  }

  /**
   * Calls back once if the call ends before its work is done: at once if it has ended already. A child of a
   * completed call is told CANCELLED.
   * @returns takes the hook out again.
   */
  onEnd(hook: EndHook): () => void {
    if (this.over) {
      hook(
        this.#cause ?? cancelled(`${this.path} has completed; work that outlives it belongs in detached()`),
      );
      return () => {};
    }
    this.#endHooks ??= new Set();
    this.#endHooks.add(hook);
    return () => this.#endHooks?.delete(hook);
  }

  /** Calls back once when it is over, at once if it is, with the status code it is counted by. */
  onSettled(hook: (code: Code) => void): void {
    if (this.#code !== undefined) {
      hook(this.#code);
      return;
    }
    this.#settledHooks ??= [];
    this.#settledHooks.push(hook);
  }

  /** Ends it before its work is done: children are cancelled, the signal aborts. Later ends change nothing. */
  end(cause: RpcError): void {
    if (this.over) return;
    this.#cause = cause;
    this.complete(cause.code);
    this.#controller?.abort(cause);
  }

  /** Ends it as answered with `code`. What it left running is cancelled. */
  complete(code: Code): void {
    if (this.over) return;
    this.#code = code;
    if (this.#timer) clearTimeout(this.#timer);
    this.#leaveParent?.();
    this.#parent?.endWait();
    if (this.#settledHooks) for (const hook of this.#settledHooks) hook(code);
    const hooks = this.#endHooks;
    this.#endHooks = undefined;
    if (!hooks?.size) return;
    const cause = this.#cause ?? cancelled(`${this.path} has completed`);
    for (const hook of hooks) hook(cause);
  }

  /** Ends it by DEADLINE_EXCEEDED when its budget is spent, where nobody else watches the clock. */
  startTimer(): void {
    const left = this.remaining();
    if (left === Number.POSITIVE_INFINITY || this.over || this.#timer) return;
    const expire = () => this.end(deadlineExceeded(`${this.path}: its budget is spent`));
    if (left <= 0) expire();
    else this.#timer = setTimeout(expire, Math.ceil(left));
  }

  /** From now on it waits for one more call; its children say so by themselves. */
  beginWait(): void {
    if (this.#waits++ === 0) this.onWait?.(true);
  }

  /** That one has ended. */
  endWait(): void {
    if (--this.#waits === 0) this.onWait?.(false);
  }

  /** Throws why it ended, if it has. */
  throwIfEnded(): void {
    if (this.#cause) throw this.#cause;
  }
}

const calls = new AsyncLocalStorage<Call | undefined>();

traceFrom(() => calls.getStore()?.trace);

/** The call that the running code works for; undefined outside of any. */
export function currentCall(): Call | undefined {
  return calls.getStore();
}

/** Runs `work` as part of `call`: everything it awaits finds it by `currentCall()`. */
export function runInCall<T>(call: Call, work: () => T): T {
  return calls.run(call, work);
}

/** What `withBudget` is told. */
export type BudgetOptions = {
  /** For logs and errors, e.g. `GET /api/products`. */
  readonly path: string;
  /** How long `work` may take, ms; Infinity for a stream. */
  readonly budgetMs: number;
  /** Aborts when the one it is done for leaves. */
  readonly signal?: AbortSignal;
  /** Where that one is in a trace. */
  readonly trace?: TraceContext | undefined;
};

/**
 * Begins a chain of calls: runs `work` with a budget of its own, which every call made in it inherits.
 * Rejects at the deadline (DEADLINE_EXCEEDED) or when `signal` aborts (CANCELLED), whatever `work` does then.
 */
export async function withBudget<T>(options: BudgetOptions, work: (call: Call) => Promise<T>): Promise<T> {
  const call = new Call({ path: options.path, budgetMs: options.budgetMs, trace: options.trace });
  const leave = () => call.end(cancelled(`${options.path}: the caller left`));
  if (options.signal?.aborted) leave();
  options.signal?.addEventListener('abort', leave, { once: true });
  call.startTimer();
  try {
    call.throwIfEnded();
    const value = await untilEnd(
      call,
      runInCall(call, () => work(call)),
    );
    call.complete(Code.OK);
    return value;
  } finally {
    options.signal?.removeEventListener('abort', leave);
    call.complete(Code.UNKNOWN);
  }
}

/** Runs work that outlives the call it is started in, by a budget of its own. */
export function detached<T>(options: BudgetOptions, work: (call: Call) => Promise<T>): Promise<T> {
  return calls.run(undefined, () => withBudget(options, work));
}

/** `work`'s outcome, or the call's cause if it ends first: the late outcome is dropped. */
export function untilEnd<T>(call: Call, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const off = call.onEnd(reject);
    work.then(
      (value) => {
        off();
        resolve(value);
      },
      (error) => {
        off();
        reject(error);
      },
    );
  });
}

/** Whether an error says that time ran out or the caller left, so nobody is waiting for the answer. */
export function isAbandoned(error: unknown): boolean {
  return (
    error instanceof RpcError && (error.code === Code.CANCELLED || error.code === Code.DEADLINE_EXCEEDED)
  );
}
