import { type RunningShop, startShop } from '@hotpath/testing';
import type { TestProject } from 'vitest/node';

/** The shop that all browser tests share. */
type Shop = Pick<RunningShop, 'gateway' | 'services' | 'admin'> & { readonly xray: string };

declare module 'vitest' {
  interface ProvidedContext {
    browserShop: Shop;
  }
}

/** Starts one shop for all browser tests, with its X-ray and with faults: each uses products of its own. */
export default async function setup(project: TestProject) {
  const shop = await startShop({ XRAY_PORT: '0' }, '--faults');
  const { gateway, services, admin, xray = '' } = shop;
  project.provide('browserShop', { gateway, services, admin, xray });
  return () => shop.stop();
}
