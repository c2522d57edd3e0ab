/** What a process has used so far. */
export type Usage = {
  readonly cpuUs: number;
  readonly residentBytes: number;
  /** By objects, buffers and HTTP/2's own structures. */
  readonly heldBytes: number;
};

/** What this process has used; after a collection of garbage where that is asked for. */
export function usage(collect = false): Usage {
  if (collect) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { cpuUs: user + system, residentBytes: rss, heldBytes: heapUsed + external };
}
