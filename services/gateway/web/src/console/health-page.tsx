import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { HealthView } from '../../../src/schemas/console.ts';
import { announce } from '../ui/announce.tsx';
import { request } from '../ui/api.ts';
import { usePolled } from './poll.ts';
import { View } from './view.tsx';
import { secondsInWords } from './words.ts';

type Process = HealthView['processes'][number];

const stateOf = ({ live, ready }: Process) => (ready ? 'ready' : live ? 'not ready' : 'unreachable');

/** How each process is. */
export function HealthPage() {
  const polled = usePolled((signal) => request<HealthView>('GET', '/api/console/health', { signal }));
  const before = useRef<readonly string[]>([]);
  useSignalEffect(() => {
    const states = polled.value.answer?.processes.map((one) => `${one.name} is ${stateOf(one)}`) ?? [];
    const news = states.filter((state) => !before.current.includes(state));
    if (before.current.length > 0 && news.length > 0) announce(news.join(', '));
    if (states.length > 0) before.current = states;
  });
  return (
    <View
      title="Health"
      about="What each process says of itself at its admin port, and how the gateway reaches it."
      polled={polled}
    >
      {({ processes }) => (
        <ul class="processes">
          {processes.map((one) => (
            <Card key={one.name} process={one} />
          ))}
        </ul>
      )}
    </View>
  );
}

function Card({ process }: { readonly process: Process }) {
  const { name, ready, reason, grpcHealth, openStreams, memoryBytes, uptimeSeconds, node } = process;
  const facts = [
    ['gRPC health', name === 'gateway' ? 'serves REST' : (grpcHealth ?? 'not called')],
    ['Open streams', openStreams.toLocaleString('en')],
    ['Up for', uptimeSeconds === null ? 'unknown' : secondsInWords(uptimeSeconds)],
    ['Memory', memoryBytes === null ? 'unknown' : `${Math.round(memoryBytes / 2 ** 20)} MiB`],
    ['Node', node ?? 'unknown'],
  ] as const;
  return (
    <li class="panel">
      <div class="process-head">
        <h2>{name}</h2>
        <span class="state" data-state={ready ? 'good' : 'bad'}>
          {stateOf(process)}
        </span>
      </div>
      {!ready && <p class="note failure">{reason}</p>}
      <dl>
        {facts.map(([what, is]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{is}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
