import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningShop, restClient, signIn } from '@hotpath/testing';

/** Views pages of a shop in traces that are told apart, and has them from the shop's X-ray. */
export type PageTraces = {
  /** @param kind the first digit of the trace's id: hexadecimal */
  view(kind: string): Promise<void>;
  /** The traces of a kind as OTLP JSON, one a line, when all four processes have told of all of them. */
  of(kind: string): Promise<readonly string[]>;
};

const services = ['gateway', 'inventory', 'pricing', 'user'];

/** Views a page of products of a signed-in user. @param shop one started with XRAY_PORT=0 */
export async function pageTraces(shop: RunningShop): Promise<PageTraces> {
  const rest = restClient(shop.gateway);
  const token = await signIn(rest, 'vip');
  const counts = new Map<string, number>();

  async function stored(kind: string): Promise<readonly string[]> {
    const text = await (await fetch(`${shop.xray}/api/traces`)).text();
    return text.split('\n').filter((line) => line.includes(`"traceId":"${kind}0`));
  }

  return {
    async view(kind) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      const traceparent = `00-${kind}${String(count).padStart(31, '0')}-00000000000000aa-01`;
      const { status } = await rest('GET', '/api/products?pageSize=20', { token, headers: { traceparent } });
      if (status !== 200) throw new Error(`a page was answered with ${status}`);
    },
    async of(kind) {
      let traces: readonly string[] = [];
      for (let tries = 0; tries < 100; tries++) {
        const before = traces.join('').length;
        traces = await stored(kind);
        const whole = traces.filter((line) =>
          services.every((name) => line.includes(`{"stringValue":"${name}"}`)),
        );
        // A process sends what it has once a second, so a trace may have the last of its spans later.
        if (whole.length === counts.get(kind) && traces.join('').length === before) return traces;
        await sleep(1_500);
      }
      throw new Error(`${traces.length} of ${counts.get(kind)} traces came, and not all of them whole`);
    },
  };
}
