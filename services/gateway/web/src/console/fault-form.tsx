import { useSignal } from '@preact/signals';
import type { Fault, Faults } from '../../../src/schemas/faults.ts';
import { createDoing } from '../ui/ask.ts';
import { Button, Field, Problem } from '../ui/parts.tsx';
import { healAll, setFault } from './faults.ts';
import { shortRpc } from './words.ts';

const codes = ['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED', 'INTERNAL'] as const;
const edgeName = ({ caller, callee }: Faults['edges'][number]) => `${caller} → ${callee}`;

/** Puts a delay or a failure on the calls between two processes, and heals it. */
export function FaultForm({ faults }: { readonly faults: Faults }) {
  const { busy, error, run } = useSignal(createDoing()).value;
  const chosen = useSignal(edgeName(faults.edges[0] ?? { caller: '', callee: '', rpcs: [] }));
  const edge = faults.edges.find((one) => edgeName(one) === chosen.value);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    if (edge) void run(() => setFault(readFault(edge, given)));
  };
  return (
    <form class="panel fault-form" onSubmit={submit} aria-labelledby="set-fault">
      <h2 id="set-fault">Break something</h2>
      <div class="fields">
        <Field label="Calls">
          <select
            value={chosen}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
            }}
          >
            {faults.edges.map((one) => (
              <option key={edgeName(one)}>{edgeName(one)}</option>
            ))}
          </select>
        </Field>
        <Field label="RPC">
          <select name="rpc" key={chosen.value}>
            <option value="">all of them</option>
            {edge?.rpcs.map((rpc) => (
              <option key={rpc} value={rpc}>
                {shortRpc(rpc)}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Delay, ms">
          <input name="delayMs" type="number" min="0" max="60000" defaultValue="5000" />
        </Field>
        <Field label="Delayed, %">
          <input name="delayPercentage" type="number" min="0" max="100" defaultValue="100" required />
        </Field>
        <Field label="Abort by">
          <select name="abortCode">
            <option value="">nothing</option>
            {codes.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </Field>
        <Field label="Aborted, %">
          <input name="abortPercentage" type="number" min="0" max="100" defaultValue="100" required />
        </Field>
        <Field label="Heals after, s">
          <input name="seconds" type="number" min="1" max="3600" defaultValue="60" required />
        </Field>
      </div>
      {edge?.callee === 'user' && (
        <p class="note">
          Only requests of somebody who is signed in call user: <a href="/">sign in in the shop</a> first.
        </p>
      )}
      <Problem error={error.value} />
      <div class="actions">
        <Button onClick={() => void run(healAll)} disabled={busy.value || faults.faults.length === 0}>
          Heal all
        </Button>
        <Button kind="primary" type="submit" disabled={busy.value}>
          Set the fault
        </Button>
      </div>
    </form>
  );
}

/** A fault on an edge from what was filled in. */
function readFault({ caller, callee }: Faults['edges'][number], given: FormData): Fault {
  const text = (name: string) => String(given.get(name) ?? '');
  const [rpc, abortCode] = [text('rpc'), text('abortCode') as (typeof codes)[number] | ''];
  return {
    caller,
    callee,
    ...(rpc && { rpc }),
    ...(text('delayMs') && {
      delayMs: Number(text('delayMs')),
      delayPercentage: Number(text('delayPercentage')),
    }),
    ...(abortCode && { abortCode, abortPercentage: Number(text('abortPercentage')) }),
    ttlMs: Number(text('seconds')) * 1000,
  };
}
