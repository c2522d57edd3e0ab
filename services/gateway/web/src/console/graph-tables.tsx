import type { GraphView } from '../../../src/schemas/console.ts';
import { Table } from '../ui/parts.tsx';
import { bucketsIn, callsIn, quantileOf, since } from './budget-used.ts';
import { msInWords, percentInWords, shortRpc } from './words.ts';

/** What each unary call is granted and uses, in figures. */
export function Calls({
  view,
  before,
}: {
  readonly view: GraphView;
  readonly before: GraphView | undefined;
}) {
  const rows = rpcsOf(view)
    .filter(({ stream }) => stream === null)
    .map(({ edge, path, budgetMs, attempts, headroomMs, budgetUsed, pastDeadline }) => {
      const used = since(budgetUsed, bucketsIn(before, edge, path));
      const part = (quantile: number) => {
        const share = quantileOf(used, quantile);
        return share === undefined ? '–' : percentInWords(share);
      };
      return [
        edgeInWords(edge),
        <Code key="rpc" of={path} />,
        msInWords(budgetMs),
        attempts,
        callsIn(used).toLocaleString('en'),
        part(0.5),
        part(0.99),
        pastDeadline.toLocaleString('en'),
        msInWords(headroomMs),
      ];
    });
  return (
    <section class="panel" aria-labelledby="calls">
      <h2 id="calls">Calls</h2>
      <p class="quiet">
        What of its budget a call has used, and its room: how much longer the budget could be before one of
        its callers had too little.
      </p>
      <Table
        caption="The budget of each call, and what was used of it"
        head={['edge', 'RPC', 'budget', 'attempts', 'calls', 'p50 used', 'p99 used', 'past deadline', 'room']}
        numbers={[2, 3, 4, 5, 6, 7, 8]}
        rows={rows}
      />
    </section>
  );
}

/** What each stream is granted. */
export function Streams({ view }: { readonly view: GraphView }) {
  const rows = rpcsOf(view).flatMap(({ edge, path, kind, stream, headroomMs }) =>
    stream === null
      ? []
      : [
          [
            edgeInWords(edge),
            <Code key="rpc" of={path} />,
            kind === 'serverStream' ? msInWords(stream.firstMessageMs) : 'up to its client',
            msInWords(stream.silenceMs),
            msInWords(stream.ageMs),
            msInWords(headroomMs),
          ],
        ],
  );
  return (
    <section class="panel" aria-labelledby="streams">
      <h2 id="streams">Streams</h2>
      <p class="quiet">
        A stream has no total limit, but one until its first message, between two, and until it is opened
        anew.
      </p>
      <Table
        caption="The limits of each stream"
        head={['edge', 'RPC', 'first message', 'silence', 'age', 'room']}
        numbers={[2, 3, 4, 5]}
        rows={rows}
      />
    </section>
  );
}

const rpcsOf = ({ edges }: GraphView) => edges.flatMap((edge) => edge.rpcs.map((rpc) => ({ edge, ...rpc })));
const edgeInWords = ({ caller, callee }: GraphView['edges'][number]) => `${caller} → ${callee}`;

function Code({ of }: { readonly of: string }) {
  return <span class="code">{shortRpc(of)}</span>;
}

/** What each route has, and what it may come to need. */
export function Callers({ view }: { readonly view: GraphView }) {
  return (
    <section class="panel" aria-labelledby="routes">
      <h2 id="routes">Worst cases</h2>
      <p class="quiet">What each route and RPC may take, and what all that it calls takes at its worst.</p>
      <Table
        caption="The worst case of each route"
        head={['caller', 'process', 'has', 'may need', 'room']}
        numbers={[2, 3, 4]}
        rows={view.callers.map(({ name, process, budgetMs, needMs, headroomMs }) => [
          <Code key="name" of={name} />,
          process,
          msInWords(budgetMs),
          msInWords(needMs),
          msInWords(headroomMs),
        ])}
      />
    </section>
  );
}
