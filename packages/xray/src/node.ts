import type { Span } from './span.ts';

/** A span in its place in the trace. Times are ns since the root began, on the root's clock. */
export type Node = {
  readonly span: Span;
  readonly start: number;
  readonly end: number;
  readonly parent: Node | undefined;
  /** What it waited for, the last to end first. */
  readonly awaited: Awaited[];
  /**
   * By less than this, in ns, it may seem to end after what followed it: what its clock resolves, or a hundredth of its duration, since
   * instrumentations end spans a little late.
   */
  readonly slack: number;
};

export type Awaited = {
  readonly node: Node;
  /** When it stopped being waited for: its end, or its waiter's when it went on after that. */
  readonly until: number;
  /** What it waited for itself before it began, where a link says so; else that is read off the times. */
  after?: Awaited;
};
