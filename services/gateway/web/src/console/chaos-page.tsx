import { Empty } from '../ui/parts.tsx';
import { FaultForm } from './fault-form.tsx';
import { askFaults, inWords } from './faults.ts';
import { usePolled } from './poll.ts';
import { ProbePanel } from './probe-panel.tsx';
import { View } from './view.tsx';
import { secondsInWords } from './words.ts';

/** Breaks calls between the processes, and shows that deadlines hold. */
export function ChaosPage() {
  const polled = usePolled(askFaults, 1_000);
  return (
    <View
      title="Chaos"
      about="Break the calls between two processes and see that nobody waits past the deadline."
      polled={polled}
    >
      {(faults) =>
        faults === null ? (
          <Empty title="Faults are switched off">
            <p>
              Start the shop by <code>npm start -- --faults</code> to break calls between its processes while
              they run.
            </p>
          </Empty>
        ) : (
          <div class="chaos">
            <div>
              <FaultForm faults={faults} />
              <section class="panel" aria-labelledby="set">
                <h2 id="set">Broken now</h2>
                {faults.faults.length === 0 && <p class="quiet">Nothing.</p>}
                <ul class="set-faults">
                  {faults.faults.map((fault) => (
                    <li key={inWords(fault)}>
                      {inWords(fault)}{' '}
                      <span class="quiet">heals in {secondsInWords(Math.ceil(fault.healsInMs / 1000))}</span>
                    </li>
                  ))}
                </ul>
              </section>
            </div>
            <ProbePanel />
          </div>
        )
      }
    </View>
  );
}
