import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { GraphView } from '../../../src/schemas/console.ts';
import { request } from '../ui/api.ts';
import { useAsked } from '../ui/ask.ts';
import { Button, Field, Problem, Table } from '../ui/parts.tsx';
import { type Outcome, summarise } from './outcomes.ts';
import { createProbe, keptSeconds } from './probe.ts';
import { ProbePlot } from './probe-plot.tsx';
import { msInWords } from './words.ts';

/** What can be asked for again and again, and the RPCs whose deadline then holds at the gateway. */
const targets = [
  { name: 'A page of products', path: '/api/products?pageSize=20', rpcs: ['ListProducts'] },
  { name: 'One product', path: '/api/products/1', rpcs: ['GetProduct'] },
  { name: 'One price', path: '/api/products/1/price', rpcs: ['GetPrice', 'GetPricesBatch'] },
] as const;

const inWords: Readonly<Record<Outcome, string>> = {
  answered: 'answered',
  deadline: 'ended by the deadline (504)',
  failed: 'failed',
};

/** A small load from this page, and what becomes of it. */
export function ProbePanel() {
  const { running, samples, start, stop } = useSignal(createProbe()).value;
  const chosen = useSignal(0);
  const [graph] = useAsked((signal) => request<GraphView>('GET', '/api/console/graph', { signal }));
  useEffect(() => stop, []);
  const target = () => targets[chosen.value] ?? targets[0];
  const deadline = deadlineOf(graph.value.answer, target().rpcs);
  return (
    <section class="panel" aria-labelledby="probe">
      <div class="panel-head">
        <h2 id="probe">What a visitor meets</h2>
        <div class="choices">
          <Field label="Asking for">
            <select
              value={chosen}
              onChange={(event) => {
                chosen.value = Number(event.currentTarget.value);
                samples.value = [];
              }}
            >
              {targets.map(({ name }, i) => (
                <option key={name} value={i}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Button
            kind={running.value ? undefined : 'primary'}
            onClick={() => (running.value ? stop() : start(() => target().path))}
          >
            {running.value ? 'Stop asking' : 'Start asking'}
          </Button>
        </div>
      </div>
      <Problem error={graph.value.error} />
      <ul class="legend">
        {Object.entries(inWords).map(([outcome, words]) => (
          <li key={outcome} data-outcome={outcome}>
            {words}
          </li>
        ))}
        <li data-outcome="line">deadline{deadline !== undefined && `, ${msInWords(deadline)}`}</li>
      </ul>
      <ProbePlot samples={samples} deadline={deadline} />
      <Table
        caption={`Answers of the last ${keptSeconds} seconds by how they ended`}
        head={['requests', 'count', 'p50', 'p99', 'slowest']}
        numbers={[1, 2, 3, 4]}
        rows={summarise(samples.value).map(({ outcome, count, ...times }) => [
          inWords[outcome],
          count,
          ...[times.p50, times.p99, times.slowest].map(msInWords),
        ])}
      />
      {samples.value.length === 0 && (
        <p class="quiet">
          {running.value
            ? 'Waiting for the first answer.'
            : 'Nothing is asked for. Start, then break something.'}
        </p>
      )}
    </section>
  );
}

/** The longest that the gateway waits for any of some RPCs, ms. */
function deadlineOf(view: GraphView | undefined, rpcs: readonly string[]): number | undefined {
  const budgets = view?.edges
    .filter(({ caller }) => caller === 'gateway')
    .flatMap((edge) => edge.rpcs)
    .filter(({ path }) => rpcs.some((rpc) => path.endsWith(`/${rpc}`)))
    .map(({ budgetMs }) => budgetMs);
  return budgets && budgets.length > 0 ? Math.max(...budgets) : undefined;
}
