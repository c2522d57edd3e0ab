/** What becomes of a call: it is let in, or who refuses it, what the caller gets and why. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly by: 'network' | 'mesh' | 'service';
      /** A gRPC status by its name; `no connection` where packets are dropped. */
      readonly answer: 'no connection' | 'PERMISSION_DENIED' | 'UNAUTHENTICATED' | 'NOT_FOUND';
      readonly why: string;
    };

/** It is let in. */
export const allowed: Verdict = { allowed: true };

/** It is refused. */
export const refused = (
  by: 'network' | 'mesh' | 'service',
  answer: Extract<Verdict, { allowed: false }>['answer'],
  why: string,
): Verdict => ({ allowed: false, by, answer, why });

/** The first refusal of those who are asked one after the other. */
export function inTurn(...judges: readonly (() => Verdict)[]): Verdict {
  for (const judge of judges) {
    const verdict = judge();
    if (!verdict.allowed) return verdict;
  }
  return allowed;
}
