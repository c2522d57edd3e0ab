import type { FaultConsole } from '../console/faults.ts';
import { badRequest } from '../problem.ts';
import { route } from '../route.ts';
import { Fault, Faults } from '../schemas/faults.ts';

const about = { tag: 'chaos', access: 'anonymous' } as const;
const answer = {
  status: 200,
  description: 'All edges, and the faults that are set.',
  schema: Faults,
} as const;
const path = '/api/console/faults';

/** Faults between the processes, set and healed while they run. Mounted only with FAULTS=true, never in production. */
export const faultRoutes = (console: FaultConsole) => {
  const tell = async (signal: AbortSignal) => ({
    edges: console.edges.map(({ rpcs, ...edge }) => ({ ...edge, rpcs: [...rpcs] })),
    faults: [...(await console.list(signal))],
  });
  return [
    route({
      ...about,
      method: 'get',
      path,
      summary: 'The edges between processes, and the faults that are set on them',
      answer,
      handler: ({ call }) => tell(call.signal),
    }),
    route({
      ...about,
      method: 'put',
      path,
      summary: 'Set a fault on an edge, in place of the one that the same calls had',
      description:
        'Calls are held back, then fail, for as many percent of them. It heals by itself after `ttlMs`.',
      body: Fault,
      answer,
      async handler({ body: { caller, callee, ...fault }, call }) {
        const known = console.edges.find((one) => one.caller === caller && one.callee === callee);
        if (!known) throw badRequest([{ field: 'callee', message: `${caller} does not call ${callee}` }]);
        if (fault.rpc !== undefined && !known.rpcs.includes(fault.rpc)) {
          throw badRequest([{ field: 'rpc', message: `must be one of ${known.rpcs.join(', ')}` }]);
        }
        await console.set(caller, { ...fault, peer: callee }, call.signal);
        return tell(call.signal);
      },
    }),
    route({
      ...about,
      method: 'delete',
      path,
      summary: 'Heal all faults',
      answer,
      async handler({ call }) {
        await console.healAll(call.signal);
        return tell(call.signal);
      },
    }),
  ];
};
