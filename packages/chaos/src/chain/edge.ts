/** The chain's edge: `GET /work?id=…` over HTTP, with a budget, as a gateway has it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Code, codeName, type RpcError, runProcess, withBudget } from '@hotpath/rpc';
import { z } from 'zod';
import { Chain } from '../generated/index.ts';
import { chains, retries, withTimeout } from './chains.ts';
import { obeyRunner } from './control.ts';
import { toHeaders } from './deadlines.ts';
import { createLedger } from './ledger.ts';

const statuses: Partial<Record<Code, number>> = {
  [Code.CANCELLED]: 499,
  [Code.DEADLINE_EXCEEDED]: 504,
  [Code.RESOURCE_EXHAUSTED]: 503,
  [Code.UNAVAILABLE]: 503,
};

await runProcess({
  name: 'edge',
  port: 0,
  adminPort: 0,
  retries: process.env.CHAIN_RETRIES !== 'never',
  settings: {
    CHAIN_NEXT: z.string().min(1),
    CHAIN_RETRIES: z.enum(retries).default('once'),
    /** How long a call of Work may take, ms; unset: as long as its service config says. */
    CHAIN_TIMEOUT_MS: z.coerce.number().int().min(1).optional(),
    CHAIN_DEADLINES: z.enum(['left', 'instant']).default('left'),
    EDGE_BUDGET_MS: z.coerce.number().int().min(1).default(300),
  },
  async open({ settings, host, port, connect, listening, onClose }) {
    const { EDGE_BUDGET_MS: budgetMs, CHAIN_DEADLINES: form } = settings;
    const chain = withTimeout(chains[settings.CHAIN_RETRIES], settings.CHAIN_TIMEOUT_MS);
    const next = connect(chain, settings.CHAIN_NEXT);
    const ledger = createLedger(0);
    obeyRunner(ledger, Chain.methods.work.path);

    const server = createServer((request, response) => {
      const id = new URL(request.url ?? '/', 'http://edge').searchParams.get('id') ?? '';
      const left = new AbortController();
      response.on('close', () => left.abort());
      withBudget({ path: 'GET /work', budgetMs, signal: left.signal }, (call) => {
        ledger.sent(id, call.remaining());
        return next.work({ id }, { metadata: toHeaders(form, call.remaining()) });
      }).then(
        () => response.end(id),
        ({ code, message }: RpcError) =>
          response.writeHead(statuses[code] ?? 500).end(`${codeName(code)}: ${message}`),
      );
    });
    server.listen(port, host);
    await once(server, 'listening');
    onClose(() => {
      server.close();
      server.closeAllConnections();
    });
    listening((server.address() as AddressInfo).port);
  },
});
