import { once } from 'node:events';
import { UserService } from '@hotpath/contracts';
import { implementPart } from './implement.ts';
import { serve } from './serve.ts';

/** A service that opens for as long as its parent wants it to, and never answers: the program of serve.test.ts. */
await serve({
  name: 'user',
  port: 0,
  adminPort: 0,
  settings: {},
  services: [UserService],
  async open() {
    process.send?.({ type: 'opening' });
    await once(process, 'message');
    return [implementPart(UserService, { getSegment: () => new Promise(() => {}) })];
  },
});
