import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

/** The page's address. */
export const place = signal(new URL(location.href));

addEventListener('popstate', () => {
  place.value = new URL(location.href);
});

/** Goes to another address of this page; with `replace` it takes the present one's place in the history. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  place.value = new URL(location.href);
  if (!replace) scrollTo(0, 0);
}

/** A link within this page. */
export function Link(props: {
  readonly to: string;
  readonly class?: string;
  readonly label?: string;
  /** Whether it leads to what is shown. */
  readonly current?: boolean;
  readonly children: ComponentChildren;
}) {
  const follow = (event: MouseEvent) => {
    // What a browser does by itself, such as to open a tab, stays so.
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(props.to);
  };
  return (
    <a
      href={props.to}
      class={props.class}
      aria-label={props.label}
      aria-current={props.current ? 'page' : undefined}
      onClick={follow}
    >
      {props.children}
    </a>
  );
}
