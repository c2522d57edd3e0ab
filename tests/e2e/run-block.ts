import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a block of a page's commands in bash, against the shop at `gateway` instead of the one of `npm start`, until all that
 * it prints is as expected. Ends what it leaves running.
 */
export async function runBlock(text: string, gateway: string, expected: RegExp): Promise<void> {
  const here = text.replaceAll(/(?:http:\/\/)?(?:127\.0\.0\.1|localhost):8080/g, gateway);
  const bash = spawn('bash', ['-euo', 'pipefail', '-c', here], { cwd: root, detached: true, stdio: 'pipe' });
  let output = '';
  bash.stdout.on('data', (data) => (output += data));
  bash.stderr.on('data', (data) => (output += data));
  try {
    const [code] = await once(bash, 'exit');
    expect(code, output).toBe(0);
    // What it leaves in the background may have more to say.
    await vi.waitFor(() => expect(output).toMatch(expected), 20_000);
  } finally {
    try {
      process.kill(-(bash.pid as number), 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  }
}
