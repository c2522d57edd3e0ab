import { callGraph, InventoryService, PricingService, processes, UserService } from '@hotpath/contracts';
import { cachePrices, coalescePrices, runProcess } from '@hotpath/rpc';
import { openGateway } from './gateway.ts';
import { settings } from './settings.ts';

await runProcess({
  name: 'gateway',
  port: 8080,
  adminPort: 9080,
  settings,
  callGraph,
  retries: processes.gateway.retries,
  async open(context) {
    const { settings, host, port, graceMs, log, connect, listening, onClose } = context;
    const connectPricing = () => connect(PricingService, settings.PRICING_ADDRESS);
    const services = {
      inventory: connect(InventoryService, settings.INVENTORY_ADDRESS),
      pricing: cachePrices(context, coalescePrices(connectPricing())),
      users: connect(UserService, settings.USER_ADDRESS),
    };
    const gateway = await openGateway({
      settings,
      self: context,
      services,
      connectPricing,
      host,
      port,
      log,
    });
    onClose(() => gateway.close(graceMs));
    listening(gateway.port);
  },
});
