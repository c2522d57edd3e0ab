import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { ConnectionMark, Failure, Loading } from '../ui/parts.tsx';
import type { Polled } from './poll.ts';

/** A section of the console: its title, whether it is live, and what it shows once there is something. */
export function View<T>(props: {
  readonly title: string;
  readonly about: string;
  readonly polled: Signal<Polled<T>>;
  readonly children: (answer: T) => ComponentChildren;
}) {
  const { answer, error, connection } = props.polled.value;
  return (
    <>
      <div class="view-head">
        <div>
          <h1>{props.title}</h1>
          <p class="quiet">{props.about}</p>
        </div>
        <ConnectionMark state={connection} what="console" />
      </div>
      {answer !== undefined ? (
        props.children(answer)
      ) : error ? (
        <Failure error={error} />
      ) : (
        <Loading what="Asking the shop" />
      )}
    </>
  );
}
