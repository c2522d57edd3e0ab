import { slowReplica as cluster } from '../cluster/slow-replica.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { sendFor } from '../load.ts';
import { NotTried } from '../not-tried.ts';
import { addressOf, startReplicas } from '../replicas.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const REPLICAS = 3;
const SLOW_MS = 300;

/** Who is slow should get less to do, which takes a balancer that looks at latency: a mesh's. */
export const slowReplica: Scenario = {
  number: 10,
  name: 'one of three replicas is slow',
  where: ['cluster'],
  meshed: true,
  given: `edge -> ${REPLICAS} leaves`,
  load: '60 requests/s',
  fault: `one leaf takes ${SLOW_MS} ms, the others none`,
  holds: 'at most 15 % of the requests go to it',
  defence: "the mesh balances by latency; without: gRPC's clients give each replica as much",
  cluster,
  async run(trial) {
    if (trial.defended) throw new NotTried('needs Linkerd: --cluster');
    const leaves = await startReplicas(trial, 'node', REPLICAS);
    const edge = await trial.start('edge', {
      CHAIN_NEXT: addressOf(leaves),
      CHAIN_TIMEOUT_MS: '2000',
      EDGE_BUDGET_MS: '2500',
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    trial.phase('fault');
    const before = leaves.map(({ streams }) => streams.opened);
    leaves[0]?.process.setWork(SLOW_MS);
    const outcomes = await sendFor(5_000, 60, askEdge(edge));
    const got = leaves.map(({ streams }, leaf) => streams.opened - (before[leaf] ?? 0));
    const share = ((got[0] ?? 0) / outcomes.length) * 100;
    const all = got.reduce((sum, calls) => sum + calls, 0);
    return [
      atMost('requests that came to the slow leaf', share, 15, '%'),
      atMost('calls that are no request, or requests without a call', Math.abs(all - outcomes.length), 0),
      atLeast('requests sent', outcomes.length, 100),
    ];
  },
};
