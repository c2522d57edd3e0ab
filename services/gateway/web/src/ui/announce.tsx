import { signal } from '@preact/signals';

const words = signal('');

/** Tells those who hear the page what those who see it have seen, when what is being said is finished. */
export function announce(text: string): void {
  words.value = text;
}

/** Where it is told; once in a page. */
export function Announcements() {
  return (
    <p class="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}
