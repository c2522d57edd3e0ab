import { UserService } from '@hotpath/contracts';
import {
  createClient,
  implementPart,
  invalidArgument,
  notFound,
  openChannel,
  RpcError,
  startServer,
  withBudget,
} from '@hotpath/rpc';

const segments = new Map([[1n, 'vip']]);

// A handler gets the decoded request and its call, and returns or throws.
const users = implementPart(UserService, {
  getSegment({ userId }) {
    if (userId < 0n) throw invalidArgument('user_id', 'must not be negative');
    const segment = segments.get(userId);
    if (!segment) throw notFound(`there is no user ${userId}`);
    return { segment };
  },
  // Slow on purpose. What it waits for is told when nobody waits for it any more.
  getUser: (_request, call) =>
    new Promise((_resolve, reject) => {
      call.signal.addEventListener('abort', () => {
        console.log(`getUser was told: ${call.signal.reason.message}`);
        reject(call.signal.reason);
      });
    }),
});

const server = await startServer([users]);
const channel = openChannel(server.address, { serviceConfig: UserService.serviceConfig });
const client = createClient(UserService, channel);

// A plain call: its deadline is the RPC's budget.
console.log(await client.getSegment({ userId: 1n }));

// Errors carry code, message and details, over the wire and in every language.
try {
  await client.getSegment({ userId: -1n });
} catch (error) {
  if (error instanceof RpcError) console.log(error.code, error.message, error.details.badRequest);
}

// A budget of one's own: every call made in it gets what is left of it.
try {
  await withBudget({ path: 'GET /example', budgetMs: 100 }, () => client.getUser({ userId: 1n }));
} catch (error) {
  if (error instanceof RpcError) console.log(error.code, error.message);
}

channel.close();
await server.close();
