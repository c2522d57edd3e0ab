import { expect, onTestFinished, test, vi } from 'vitest';
import { showProgress } from './import-progress.ts';

test.each([
  [
    true,
    500,
    ['\r2 lines sent, 8 lines/s, 50 %\x1b[K', '\r4 lines sent, 8 lines/s, 100 %\x1b[K', '\r\x1b[K'],
  ],
  [false, 10_000, ['2 lines sent, 0 lines/s, 50 %\n', '4 lines sent, 0 lines/s, 100 %\n']],
])(
  'with a terminal (%s) progress is shown anew within %i ms, and not after its end',
  (isTTY, ms, expected) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const shown: string[] = [];
    const progress = showProgress(8, { isTTY, write: (text: string) => shown.push(text) > 0 });
    progress.add(Buffer.from('1\n2\n'));
    vi.advanceTimersByTime(ms / 2);
    progress.add(Buffer.from('3\n4\n'));
    vi.advanceTimersByTime(ms / 2);
    progress.stop();
    progress.stop();
    vi.advanceTimersByTime(60_000);
    expect(shown).toEqual(expected);
    expect(progress.lines).toBe(4);
  },
);
