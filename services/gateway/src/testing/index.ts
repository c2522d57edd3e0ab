export { createFeed } from './feed.ts';
export { startGateway, startPricing } from './gateway.ts';
export { cartHandler, ended, priceUpdate, type StandIns, someUuid } from './stand-ins.ts';
export { bearer, jwkSet, signToken } from './tokens.ts';
