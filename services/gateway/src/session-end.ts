import type { Session } from './session.ts';

/** The longest time setTimeout can wait, ms. */
const longestTimer = 2 ** 31 - 1;

/** Calls back when a session ends: what was opened by it must not outlive it. @returns takes the call back. */
export function atSessionEnd(session: Session, callBack: () => void): () => void {
  const left = Math.max(0, session.expiresAt - Date.now());
  const timer = setTimeout(callBack, Math.min(left, longestTimer));
  return () => clearTimeout(timer);
}
