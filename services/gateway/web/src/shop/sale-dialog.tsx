import { useSignal } from '@preact/signals';
import { createDoing } from '../ui/ask.ts';
import { Button, Dialog, NumberField, Problem } from '../ui/parts.tsx';
import { startSale } from './sales.ts';

/** A merchant's button that starts a flash sale, and its dialog. */
export function StartSale(props: { readonly productIds: readonly string[]; readonly what: string }) {
  const isOpen = useSignal(false);
  return (
    <>
      <Button
        onClick={() => {
          isOpen.value = true;
        }}
      >
        Start a flash sale
      </Button>
      {isOpen.value && (
        <SaleDialog
          {...props}
          onClose={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function SaleDialog(props: {
  readonly productIds: readonly string[];
  readonly what: string;
  readonly onClose: () => void;
}) {
  const percent = useSignal(30);
  const minutes = useSignal(5);
  const { busy, error, run } = useSignal(createDoing()).value;
  const submit = async () => {
    if (await run(() => startSale(props.productIds, percent.value, minutes.value))) props.onClose();
  };
  return (
    <Dialog title="Flash sale" onClose={props.onClose} onSubmit={() => void submit()}>
      <p class="quiet">On {props.what}, from now on. All who look at them see it at once.</p>
      <NumberField label="Percent off" value={percent} min={1} max={99} />
      <NumberField label="Minutes" value={minutes} min={1} max={1440} />
      <Problem error={error.value} />
      <div class="actions">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button kind="primary" type="submit" disabled={busy.value}>
          Start now
        </Button>
      </div>
    </Dialog>
  );
}
