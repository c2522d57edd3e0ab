/** Longest timeout that a caller can ask for, ms: one day. More is taken as this much. */
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;

const msPerUnit: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/**
 * ms of a `grpc-timeout` header: at most eight digits and a unit; undefined for anything else.
 * Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function parseTimeout(text: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  return match
    ? Math.min(Number(match[1]) * (msPerUnit[match[2] as string] as number), MAX_TIMEOUT_MS)
    : undefined;
}
