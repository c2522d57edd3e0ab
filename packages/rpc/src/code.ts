/**
 * gRPC status codes by name.
 * Source: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
 */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** One of gRPC's status codes, 0 to 16. */
export type Code = (typeof Code)[keyof typeof Code];

const names = Object.keys(Code);

/** The name of a status code ("NOT_FOUND"); "UNKNOWN" for a number that is none. */
export function codeName(code: number): string {
  return names[code] ?? 'UNKNOWN';
}
