import { expect, inject, test } from 'vitest';
import { blocksOf, commandsOf } from '../contract/docs-commands.ts';
import { runBlock } from './run-block.ts';

const { gateway } = inject('shop');

// The commands that set faults are run by faults.test.ts.
test.each([
  ['README.md', /data: .*499\.5/],
  ['docs/getting-started.md', /"price":[\s\S]*GET \/api\/products[\s\S]*npm start/],
])('the commands by which %s asks the shop do what it says', async (page, expected) => {
  const asking = blocksOf(page).filter((block) => commandsOf(block).some(([program]) => program === 'curl'));
  expect(asking).toHaveLength(1);
  // The shop is shared: a product that no other test looks at.
  for (const { text } of asking)
    await runBlock(text.replaceAll('/products/1/', '/products/9871/'), gateway, expected);
});
