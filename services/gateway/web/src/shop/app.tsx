import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Announcements } from '../ui/announce.tsx';
import { Link, place } from '../ui/router.tsx';
import { CartPage } from './cart-page.tsx';
import { Catalogue } from './catalogue.tsx';
import { Header } from './header.tsx';
import { ProductPage } from './product-page.tsx';
import { signingIn } from './session.ts';
import { SignInDialog } from './sign-in-dialog.tsx';

/** The shop. */
export function App() {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(place.peek().pathname);
  // Whoever goes to another page by keyboard begins there at its top.
  useSignalEffect(() => {
    const { pathname } = place.value;
    if (pathname !== shown.current) main.current?.focus({ preventScroll: true });
    shown.current = pathname;
  });
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <Page />
      </main>
      <footer class="bottom">
        <a href="/docs">Try the API</a>
        <a href="/openapi.json">OpenAPI</a>
      </footer>
      <Announcements />
      {signingIn.value && <SignInDialog />}
    </>
  );
}

function Page() {
  const { pathname } = place.value;
  const [, productId] = /^\/products\/(\d+)$/.exec(pathname) ?? [];
  if (productId) return <ProductPage key={productId} productId={productId} />;
  if (pathname === '/cart') return <CartPage />;
  if (pathname === '/') return <Catalogue />;
  return (
    <>
      <h1>Nothing is here</h1>
      <Link to="/">All products</Link>
    </>
  );
}
