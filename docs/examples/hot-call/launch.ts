import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@hotpath/testing';

/** The two services, before the move or after it. */
export type Launched = {
  /** `http://127.0.0.1:PORT` of orders. */
  readonly orders: string;
  /** Of its admin port, after the move. */
  readonly admin: string;
  /** Of shipping's REST, which is there on either side. */
  readonly shipping: string;
  readonly processes: { readonly shipping: ChildProcess; readonly orders: ChildProcess };
  stop(): Promise<void>;
};

/** Starts both on free ports; resolves when orders answers. */
export async function launch(side: 'before' | 'after'): Promise<Launched> {
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [rest, grpc, page, admin] = ports;
  const env = {
    ...process.env,
    NODE_ENV: 'test', // else Express prints each 404
    LOG_LEVEL: 'warn',
    SHIPPING_REST_PORT: `${rest}`,
    SHIPPING_PORT: `${grpc}`,
    SHIPPING_ADMIN_PORT: '0',
    SHIPPING_URL: `http://127.0.0.1:${rest}`,
    SHIPPING_ADDRESS: `127.0.0.1:${grpc}`,
    ORDERS_PORT: `${page}`,
    ORDERS_ADMIN_PORT: `${admin}`,
  };
  const start = (name: string) =>
    spawn(process.execPath, [fileURLToPath(new URL(`${side}/${name}.ts`, import.meta.url))], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const processes = { shipping: start('shipping'), orders: start('orders') };
  const orders = `http://127.0.0.1:${page}`;
  const children = Object.values(processes);
  const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;
  const stop = async () => {
    await Promise.all(
      children.map(async (child) => {
        if (hasEnded(child)) return;
        child.kill('SIGTERM');
        await once(child, 'close');
      }),
    );
  };
  while (!(await fetch(`${orders}/orders/1`).catch(() => undefined))?.ok) {
    if (children.some(hasEnded)) {
      await stop();
      throw new Error(`${side}: a service has ended`);
    }
    await sleep(50);
  }
  return { orders, admin: `http://127.0.0.1:${admin}`, shipping: env.SHIPPING_URL, processes, stop };
}
