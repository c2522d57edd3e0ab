import dns from 'node:dns';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openChannel } from './channel.ts';

test('a name that is not there yet is asked for again without a call', async () => {
  const lookup = vi.spyOn(dns.promises, 'lookup').mockRejectedValue(new Error('ENOTFOUND'));
  const channel = openChannel('not-there-yet.invalid:50051');
  onTestFinished(() => {
    channel.close();
    lookup.mockRestore();
  });
  await expect.poll(() => lookup.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(2);
});
