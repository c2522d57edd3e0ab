import { useSignal } from '@preact/signals';
import { createDoing } from '../ui/ask.ts';
import { Button, ConnectionMark, Problem } from '../ui/parts.tsx';
import { Link, place } from '../ui/router.tsx';
import { pieces } from './cart.ts';
import { connection } from './prices.ts';
import { account, currencies, currency, signingIn, signOut } from './session.ts';
import { Streams } from './streams.tsx';

/** What stands above each page. */
export function Header() {
  return (
    <header class="top">
      <Link to="/" class="brand">
        <img src="/favicon.svg" alt="" width="32" height="32" />
        <span>Hotpath</span>
      </Link>
      <div class="live">
        {place.value.pathname !== '/cart' && <ConnectionMark state={connection.value} what="prices" />}
        <Streams />
      </div>
      <label class="currency">
        <span class="visually-hidden">Currency</span>
        <select
          value={currency}
          onChange={(event) => {
            currency.value = event.currentTarget.value;
          }}
        >
          {currencies.map((code) => (
            <option key={code}>{code}</option>
          ))}
        </select>
      </label>
      <Account />
      <Link to="/cart" class="button cart-link">
        Cart <span class="count">{pieces}</span>
        <span class="visually-hidden"> pieces</span>
      </Link>
    </header>
  );
}

function Account() {
  const who = account.value;
  const leaving = useSignal(createDoing()).value;
  if (!who) {
    return (
      <Button
        onClick={() => {
          signingIn.value = true;
        }}
      >
        Sign in
      </Button>
    );
  }
  return (
    <div class="account">
      <span class="who" title={who.email}>
        {who.email.split('@')[0]}
      </span>
      <Button kind="plain" small disabled={leaving.busy.value} onClick={() => void leaving.run(signOut)}>
        Sign out
      </Button>
      <Problem error={leaving.error.value} />
    </div>
  );
}
