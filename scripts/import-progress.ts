import type { WriteStream } from 'node:tty';

/** How often a terminal's line is written anew, and how often a log gets a line, ms. */
const terminalMs = 250;
const logMs = 5_000;

const newline = 10;

/** How far an import is. */
export interface Progress {
  /** Lines sent so far: some MB of them may still be on their way. */
  readonly lines: number;
  /** Since its start, ms. */
  readonly ms: number;
  /** Counts what is sent. */
  add(chunk: Buffer): void;
  /** Ends the showing of it. */
  stop(): void;
}

/** Shows how much of `size` bytes was sent: by one living line on a terminal, else by a line every 5 s. */
export function showProgress(size: number, to: Pick<WriteStream, 'write'> & { isTTY?: boolean }): Progress {
  const startedAt = performance.now();
  let lines = 0;
  let bytes = 0;
  const show = () => {
    const percent = Math.floor((bytes / size) * 100);
    const words = `${count(lines)} lines sent, ${perSecond(lines, performance.now() - startedAt)} lines/s, ${percent} %`;
    to.write(to.isTTY ? `\r${words}\x1b[K` : `${words}\n`);
  };
  const timer = setInterval(show, to.isTTY ? terminalMs : logMs);
  let stopped = false;
  return {
    get lines() {
      return lines;
    },
    get ms() {
      return performance.now() - startedAt;
    },
    add(chunk) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++;
    },
    stop() {
      clearInterval(timer);
      if (to.isTTY && !stopped) to.write('\r\x1b[K');
      stopped = true;
    },
  };
}

/** A number as people read it: 1,000,000. */
export const count = (number: number) => number.toLocaleString('en-US');

/** How many a second, as people read it. */
export const perSecond = (lines: number, ms: number) => count(Math.round((lines / ms) * 1000));
