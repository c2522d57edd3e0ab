export {
  catalogue,
  type DemoProduct,
  type DemoWarehouse,
  product,
  productCount,
  warehouses,
} from './catalogue.ts';
export type { Prices } from './prices.ts';
export { type DemoUser, demoPassword, userCount, users } from './users.ts';
