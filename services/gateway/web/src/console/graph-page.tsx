import { useComputed, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { GraphView } from '../../../src/schemas/console.ts';
import { request } from '../ui/api.ts';
import { Field } from '../ui/parts.tsx';
import { bucketsIn, quantileOf, type Seen, since, sumOf } from './budget-used.ts';
import { GraphDiagram } from './graph-diagram.tsx';
import { Callers, Calls, Streams } from './graph-tables.tsx';
import { usePolled } from './poll.ts';
import { View } from './view.tsx';

const minuteMs = 60_000;

/** Who calls whom, by which budget, and how much of it is left. */
export function GraphPage() {
  const earlier = useRef<readonly Seen[]>([]);
  const polled = usePolled(async (signal) => {
    const view = await request<GraphView>('GET', '/api/console/graph', { signal });
    const at = Date.now();
    earlier.current = [...earlier.current.filter((seen) => seen.at > at - minuteMs), { at, view }];
    return view;
  });
  const span = useSignal<'start' | 'minute'>('start');
  const before = useComputed(() => {
    polled.value;
    return span.value === 'minute' ? earlier.current[0]?.view : undefined;
  });
  return (
    <View
      title="Call graph"
      about="Who calls whom. Each call has a budget that those below it inherit; bars show how much of it calls have used."
      polled={polled}
    >
      {(view) => (
        <>
          {view.problems.map((problem) => (
            <p key={problem} class="note failure">
              {problem}
            </p>
          ))}
          <div class="choices">
            <Field label="Counted">
              <select
                value={span}
                onChange={(event) => {
                  span.value = event.currentTarget.value as 'start' | 'minute';
                }}
              >
                <option value="start">since each process began</option>
                <option value="minute">in the last minute, as seen here</option>
              </select>
            </Field>
          </div>
          <div class="panel">
            <GraphDiagram
              view={view}
              usedOf={(edge) =>
                quantileOf(
                  sumOf(
                    edge.rpcs.map(({ path, budgetUsed }) =>
                      since(budgetUsed, bucketsIn(before.value, edge, path)),
                    ),
                  ),
                  0.99,
                )
              }
            />
          </div>
          <Calls view={view} before={before.value} />
          <Streams view={view} />
          <Callers view={view} />
        </>
      )}
    </View>
  );
}
