import { effect, signal } from '@preact/signals';
import type { SessionToken } from '../../../src/schemas/session.ts';
import { request } from '../ui/api.ts';
import { stored } from '../ui/stored.ts';

/** Who is signed in. The session itself is in a cookie that scripts cannot read; this is what to show. */
export type Account = { readonly email: string; readonly role: string; readonly expiresAt: number };

const kept = stored<Account | null>('hotpath-account', null);
if (kept.value && kept.value.expiresAt <= Date.now()) kept.value = null;

/** Who is signed in, or null. */
export const account = kept;

/** Whether the dialog that signs in is open. */
export const signingIn = signal(false);

/** The currency that prices are shown in. */
export const currency = stored('hotpath-currency', 'INR');
/** All that there are. */
export const currencies = ['INR', 'USD', 'EUR', 'GBP', 'JPY'] as const;

// Sessions end; the longest that a timer takes is 24.8 days.
effect(() => {
  if (!account.value) return;
  const left = Math.min(account.value.expiresAt - Date.now(), 2 ** 31 - 1);
  const timer = setTimeout(() => {
    account.value = null;
  }, left);
  return () => clearTimeout(timer);
});

/** Opens a session. Throws ProblemError where address and password do not fit. */
export async function signIn(email: string, password: string): Promise<void> {
  const { token, expiresAt } = await request<SessionToken>('POST', '/api/sessions', {
    body: { email, password },
  });
  account.value = { email, role: roleOf(token), expiresAt: Date.parse(expiresAt) };
}

/** Ends the browser's session. */
export async function signOut(): Promise<void> {
  await request('DELETE', '/api/sessions');
  account.value = null;
}

/** The role in a token's payload (RFC 7519), to know which buttons to show. The server decides what is allowed. */
function roleOf(token: string): string {
  const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  return JSON.parse(atob(payload)).role;
}
