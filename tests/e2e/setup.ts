import { type RunningShop, startShop } from '@hotpath/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The shop that all end-to-end tests share. */
    shop: Pick<RunningShop, 'gateway' | 'services' | 'admin' | 'pids'>;
  }
}

/** Starts one shop for all end-to-end tests, with caches of prices: each uses products of its own. */
export default async function setup(project: TestProject) {
  const shop = await startShop({ PRICE_CACHE_SIZE: '20000' });
  const { gateway, services, admin, pids } = shop;
  project.provide('shop', { gateway, services, admin, pids });
  return () => shop.stop();
}
