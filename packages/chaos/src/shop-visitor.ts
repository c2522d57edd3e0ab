import { randomUUID } from 'node:crypto';

/** Sends one request to a shop. */
export type Ask = (
  path: string,
  init?: {
    readonly method?: string;
    readonly body?: object;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;

/** One who visits a shop, signed in. */
export type Visitor = {
  /** The ids of the reservations that the shop has acknowledged. */
  readonly acknowledged: string[];
  /** Looks at a page; 'OK' only where each of its products has a price. */
  page(): Promise<string>;
  /** Reserves a piece of a product of its own, twice in a row, as one does who has not heard the answer. */
  reserve(id: string): Promise<string>;
};

/** Signs in as a demo account. @returns the token. @throws Error where the shop opens no session */
export async function signIn(ask: Ask, account: string): Promise<string> {
  const body = { email: `${account}@demo.test`, password: 'hotpath' };
  const answer = await ask('/api/sessions', { method: 'POST', body });
  if (answer.status !== 201) throw new Error(`no session: ${answer.status}`);
  return String(answer.body.token);
}

/**
 * Makes a visitor.
 * @param hasKeys whether what it sends twice has the same key
 * @param productOf the product that the request of a number reserves; by default each another, from 1 on
 */
export function visit(ask: Ask, hasKeys: boolean, productOf = (number: number) => number + 1): Visitor {
  const acknowledged: string[] = [];
  const visit = randomUUID();
  let token: Promise<string> | undefined;

  const authorization = async () => {
    token ??= signIn(ask, 'vip').catch((error) => {
      token = undefined;
      throw error;
    });
    return `Bearer ${await token}`;
  };

  return {
    acknowledged,
    async page() {
      const headers = { authorization: await authorization() };
      const { status, body } = await ask('/api/products?pageSize=10', { headers });
      const items = (body.items ?? []) as readonly { readonly price?: number }[];
      if (status !== 200) return `${status} ${body.code}`;
      return items.length === 10 && items.every(({ price }) => price !== undefined) ? 'OK' : 'incomplete';
    },
    async reserve(id) {
      const productId = String(productOf(Number(id.split('-')[1])));
      const send = async () =>
        ask('/api/reservations', {
          method: 'POST',
          body: { productId, quantity: 1 },
          headers: {
            'idempotency-key': hasKeys ? `${visit}-${id}` : randomUUID(),
            authorization: await authorization(),
          },
        });
      const [first, again] = [await send(), await send()];
      for (const { status, body } of [first, again])
        if (status === 201) acknowledged.push(String(body.reservationId));
      const refused = [first, again].find(({ status }) => status !== 201);
      return refused ? `${refused.status} ${refused.body.code}` : 'OK';
    },
  };
}
