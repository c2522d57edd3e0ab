/** Who is logged in. The session itself is in a cookie that scripts cannot read; only what to show is kept here. */
import { createSession, endSession } from './api.js';
import { openDialog } from './dialogs.js';

const key = 'hotpath-account';
const who = document.querySelector('#who');
const signIn = document.querySelector('#sign-in');
const signOut = document.querySelector('#sign-out');
const email = document.querySelector('#email');
const password = document.querySelector('#password');
const demoPassword = 'hotpath';

let account = JSON.parse(localStorage.getItem(key) ?? 'null');
let timer;

/** Whether a merchant is logged in. */
export const isMerchant = () => account?.role === 'merchant';

/** Sets logging in and out up. `onChange` is called when somebody else is logged in, or nobody any more. */
export function setUpAccount(onChange) {
  const become = (next) => {
    account = next;
    if (next) localStorage.setItem(key, JSON.stringify(next));
    else localStorage.removeItem(key);
    show();
    onChange();
  };
  const show = () => {
    who.textContent = account?.email ?? 'Visitor';
    signIn.hidden = account !== null;
    signOut.hidden = account === null;
    clearTimeout(timer);
    if (account)
      timer = setTimeout(() => become(null), Math.min(account.expiresAt - Date.now(), 2 ** 31 - 1));
  };

  const dialog = openDialog('sign-in', async () => {
    const { token, expiresAt } = await createSession(email.value, password.value);
    password.value = '';
    become({ email: email.value, role: roleOf(token), expiresAt: Date.parse(expiresAt) });
  });
  signIn.addEventListener('click', () => dialog.open());
  signOut.addEventListener('click', () => endSession().then(() => become(null)));
  for (const button of document.querySelectorAll('[data-account]')) {
    button.addEventListener('click', () => {
      email.value = button.dataset.account;
      password.value = demoPassword;
      dialog.submit();
    });
  }
  if (account && account.expiresAt <= Date.now()) account = null;
  show();
}

/** The role in a token's payload (RFC 7519), to know which buttons to show. The server decides what is allowed. */
function roleOf(token) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(payload)).role;
}
