/**
 * The attributes with which a span tells the X-ray where it waited. Waits are in ms and lie at the beginning of their
 * span, in the order below; a span without them is understood by its kind alone.
 */
export const attributes = {
  /** Client spans: how long the call waited for others to join its batch. */
  coalesceWait: 'hotpath.wait.coalesce_ms',
  /** Client spans: how long the call waited in the client's queue, after the wait for its batch. */
  queueWait: 'hotpath.wait.queue_ms',
  /** Server spans: how long the call waited to be let in. */
  admissionWait: 'hotpath.wait.admission_ms',
  /** Database client spans: how long the statement waited for a connection of the pool. */
  poolWait: 'hotpath.wait.pool_ms',
  /**
   * Client spans under one logical client span: which attempt this is, from 1. Time between two of them is back-off.
   */
  attempt: 'hotpath.attempt',
  /** Server spans: how long, in ms, the event loop was blocked while the span was open. */
  eventLoop: 'hotpath.eventloop_ms',
  /** What was left of the call's budget when the span began, in ms. */
  budgetStart: 'hotpath.budget.start_ms',
  /** What was left of it when the span ended, in ms; negative past the deadline. */
  budgetEnd: 'hotpath.budget.end_ms',
} as const;
