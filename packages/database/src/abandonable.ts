/**
 * `work`'s outcome, or the signal's reason as soon as it aborts: the work then goes on unheeded.
 *
 * @param until what is waited for even then
 */
export function abandonable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  until: () => Promise<unknown> = () => Promise.resolve(),
): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const leave = () => {
      const rejectNow = () => reject(signal.reason);
      until().then(rejectNow, rejectNow);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
