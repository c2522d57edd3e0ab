import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Announcements } from '../ui/announce.tsx';
import { Link, place } from '../ui/router.tsx';
import { ChaosPage } from './chaos-page.tsx';
import { GraphPage } from './graph-page.tsx';
import { HealthPage } from './health-page.tsx';
import { XrayPage } from './xray-page.tsx';

const views = {
  health: { name: 'Health', Page: HealthPage },
  graph: { name: 'Call graph', Page: GraphPage },
  xray: { name: 'X-ray', Page: XrayPage },
  chaos: { name: 'Chaos', Page: ChaosPage },
} as const;

type ViewName = keyof typeof views;

const shown = (): ViewName => {
  const asked = place.value.searchParams.get('view') ?? '';
  return Object.hasOwn(views, asked) ? (asked as ViewName) : 'health';
};

/** What one who runs the shop sees of it. */
export function Console() {
  const main = useRef<HTMLElement>(null);
  const before = useRef(shown());
  // Whoever goes to another view by keyboard begins there at its top.
  useSignalEffect(() => {
    const view = shown();
    if (view !== before.current) main.current?.focus({ preventScroll: true });
    before.current = view;
  });
  const view = shown();
  const { Page } = views[view];
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="bar">
        <a class="home" href="/">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span>Hotpath console</span>
        </a>
        <nav aria-label="Console">
          <ul>
            {Object.entries(views).map(([name, of]) => (
              <li key={name}>
                <Link to={`/console?view=${name}`} current={name === view}>
                  {of.name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Page />
      </main>
      <footer class="foot">
        <a href="/">Shop</a>
        <a href="/docs">API</a>
      </footer>
      <Announcements />
    </>
  );
}
