import { useSignal } from '@preact/signals';
import { createDoing } from '../ui/ask.ts';
import { countdown } from '../ui/format.ts';
import { msUntil } from '../ui/now.ts';
import { Button, Problem } from '../ui/parts.tsx';
import { confirm, forget, type Held, held, release, reserve } from './reservations.ts';

/** What this browser has reserved, to be confirmed or given back in time. */
export function Reservations() {
  return (
    <section class="reservations" aria-labelledby="reservations">
      <h2 id="reservations">Reserved</h2>
      <ul>
        {held.value.map((one) => (
          <Reserved key={one.key} one={one} />
        ))}
      </ul>
    </section>
  );
}

/** What has become of it: as the server said last, but that time may have run out since. */
function stateOf({ reservation }: Held): 'asked' | 'held' | 'confirmed' | 'released' | 'expired' {
  if (!reservation) return 'asked';
  const over = reservation.state === 'held' && msUntil(reservation.expiresAt) <= 0;
  return over ? 'expired' : reservation.state;
}

function Reserved({ one }: { readonly one: Held }) {
  const { busy, error, run } = useSignal(createDoing()).value;
  const state = stateOf(one);
  const does = (work: (one: Held) => Promise<void>) => () => void run(() => work(one));
  return (
    <li class="reserved" data-state={state}>
      <div>
        <strong>
          {one.quantity} × {one.name}
        </strong>
        <p class="quiet">
          <Words one={one} state={state} />
        </p>
        <Problem error={error.value} />
      </div>
      <div class="actions">
        {state === 'held' && (
          <>
            <Button small kind="primary" disabled={busy.value} onClick={does(confirm)}>
              Confirm
            </Button>
            <Button small disabled={busy.value} onClick={does(release)}>
              Cancel
            </Button>
          </>
        )}
        {state === 'asked' && (
          <Button small disabled={busy.value} onClick={does(reserve)}>
            Try again
          </Button>
        )}
        {state !== 'held' && (
          <Button
            small
            kind="plain"
            label={`Hide the reservation of ${one.name}`}
            onClick={() => forget(one)}
          >
            Hide
          </Button>
        )}
      </div>
    </li>
  );
}

function Words({ one, state }: { readonly one: Held; readonly state: ReturnType<typeof stateOf> }) {
  if (one.problem) return <span role="alert">{one.problem}</span>;
  if (!one.reservation) return <>asking for it</>;
  const { warehouseId, expiresAt } = one.reservation;
  if (state !== 'held') return <>{`${state}, ${warehouseId}`}</>;
  return (
    <>
      {`held in ${warehouseId} for `}
      <time role="timer" class="number">
        {countdown(msUntil(expiresAt))}
      </time>
    </>
  );
}
