import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Connection } from './live.ts';

type ButtonProps = {
  readonly kind?: 'primary' | 'plain';
  readonly small?: boolean;
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly label?: string;
  readonly onClick?: () => void;
  readonly children: ComponentChildren;
};

/** A button; `label` says more than its text does, to those who hear it. */
export function Button({ kind, small, type = 'button', label, children, ...rest }: ButtonProps) {
  const look = ['button', kind, small && 'small'].filter(Boolean).join(' ');
  return (
    <button type={type} class={look} aria-label={label} {...rest}>
      {children}
    </button>
  );
}

/** A labelled input or select. */
export function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

/** A labelled input of a number, which must be there and lie between `min` and `max`. */
export function NumberField(props: {
  readonly label: string;
  readonly value: Signal<number>;
  readonly min: number;
  readonly max: number;
}) {
  const { label, value, min, max } = props;
  return (
    <Field label={label}>
      <input
        type="number"
        min={min}
        max={max}
        required
        value={value}
        onInput={(event) => {
          value.value = event.currentTarget.valueAsNumber;
        }}
      />
    </Field>
  );
}

/** A table that scrolls by itself where it is too wide. Cells of `numbers` stand at the right. */
export function Table(props: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Columns of numbers, from 0. */
  readonly numbers?: readonly number[];
}) {
  const { caption, head, rows, numbers = [] } = props;
  const look = (column: number) => (numbers.includes(column) ? 'number' : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: by keyboard it scrolls only when it has the focus
    <section class="table-frame" aria-label={caption} tabIndex={0}>
      <table class="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {head.map((name, column) => (
              <th key={name} scope="col" class={look(column)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, column) => (
                <td key={column} class={look(column)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Something is on its way. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div class="blank" role="status">
      <span class="loading-mark" aria-hidden="true" />
      <p>{what}</p>
    </div>
  );
}

/** There is nothing, and that is no fault. */
export function Empty(props: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="blank">
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** Something failed, and may be tried again. With a title it stands for the whole page. */
export function Failure(props: {
  readonly title?: string;
  readonly error: Error;
  readonly onRetry?: () => void;
}) {
  const { title, error, onRetry } = props;
  return (
    <div class="blank" role="alert">
      {title && <h1>{title}</h1>}
      <p class="note failure">{error.message}</p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** What went wrong, in a form or beside a button. */
export function Problem({ error }: { readonly error: Error | undefined }) {
  return error ? (
    <p class="note failure" role="alert">
      {error.message}
    </p>
  ) : null;
}

const words = { connecting: 'connecting', live: 'live', lost: 'reconnecting' } as const;

/** How a live connection stands. */
export function ConnectionMark({ state, what }: { readonly state: Connection; readonly what: string }) {
  return (
    <span class="connection" role="status" data-state={state}>
      {`${what} ${words[state]}`}
    </span>
  );
}

/** A modal dialog with a form, open while it is shown. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // While it is in the page: one that is only taken out of it does not give the focus back to where it was.
    return () => shown?.close();
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <dialog class="dialog" ref={dialog} onClose={props.onClose} aria-label={props.title}>
      <form onSubmit={submit}>
        <h2>{props.title}</h2>
        {props.children}
      </form>
    </dialog>
  );
}
