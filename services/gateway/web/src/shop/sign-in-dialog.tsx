import { useSignal } from '@preact/signals';
import { createDoing } from '../ui/ask.ts';
import { Button, Dialog, Field, Problem } from '../ui/parts.tsx';
import { signIn, signingIn } from './session.ts';

const demoAccounts = { standard: 'Standard', vip: 'VIP', wholesale: 'Wholesale', merchant: 'Merchant' };
const demoPassword = 'hotpath';

/** Signs in, as somebody or as a demo account. */
export function SignInDialog() {
  const email = useSignal('');
  const password = useSignal('');
  const { busy, error, run } = useSignal(createDoing()).value;
  const close = () => {
    signingIn.value = false;
  };
  const submit = async (as: string, secret: string) => {
    if (await run(() => signIn(as, secret))) close();
  };
  return (
    <Dialog title="Sign in" onClose={close} onSubmit={() => void submit(email.value, password.value)}>
      <p class="quiet">Each demo account pays what its segment pays; the merchant may start sales.</p>
      <fieldset class="demo-accounts">
        <legend class="visually-hidden">Demo accounts</legend>
        {Object.entries(demoAccounts).map(([name, label]) => (
          <Button
            key={name}
            disabled={busy.value}
            onClick={() => void submit(`${name}@demo.test`, demoPassword)}
          >
            {label}
          </Button>
        ))}
      </fieldset>
      <Field label="E-mail">
        <input
          type="email"
          autocomplete="username"
          required
          maxLength={254}
          value={email}
          onInput={(event) => {
            email.value = event.currentTarget.value;
          }}
        />
      </Field>
      <Field label="Password">
        <input
          type="password"
          autocomplete="current-password"
          required
          maxLength={256}
          value={password}
          onInput={(event) => {
            password.value = event.currentTarget.value;
          }}
        />
      </Field>
      <Problem error={error.value} />
      <div class="actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" disabled={busy.value}>
          Sign in
        </Button>
      </div>
    </Dialog>
  );
}
