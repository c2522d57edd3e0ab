import { isIP } from 'node:net';
import { z } from 'zod';
import { adminSettings } from './console/admin-settings.ts';

const count = (byDefault: number) => z.coerce.number().int().min(1).max(10_000_000).default(byDefault);

const address = z.string().regex(/^\S+:\d{1,5}$/, 'must be host:port, such as 127.0.0.1:50051');

const namedRanges = ['loopback', 'linklocal', 'uniquelocal'];

/** Whether `text` is an address ("10.1.2.3"), a subnet ("10.0.0.0/8") or the name of a range ("loopback"). */
function isTrusted(text: string): boolean {
  const [ip = '', bits] = text.split('/');
  const most = isIP(ip) === 6 ? 128 : 32;
  const inRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return namedRanges.includes(text) || (isIP(ip) > 0 && inRange);
}

const trustProxy = z.string().transform((text, context) => {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const trusted = text.split(',').map((part) => part.trim());
  if (trusted.every(isTrusted)) return trusted;
  context.addIssue('must be a number of proxies, or their addresses or subnets: "1", "10.0.0.0/8, loopback"');
  return z.NEVER;
});

/** The gateway's own settings, by environment variable. */
export const settings = {
  INVENTORY_ADDRESS: address.default('127.0.0.1:50051'),
  PRICING_ADDRESS: address.default('127.0.0.1:50052'),
  USER_ADDRESS: address.default('127.0.0.1:50053'),
  /** Where the others tell the console of themselves, and are told of faults; not in production. */
  ...adminSettings(address.optional()),
  /** Where the X-ray of the shop is, for the console. */
  XRAY_URL: z.url().optional(),
  /**
   * Which proxies in front may say who the client is (X-Forwarded-For, -Proto, -Host): how many there are, or
   * their addresses. Unset: none; then those headers count for nothing.
   */
  TRUST_PROXY: trustProxy.optional(),
  /** Requests a client may make per minute. */
  RATE_LIMIT_PER_MINUTE: count(12_000),
  /** Attempts to log in a client may make per minute. */
  LOGIN_LIMIT_PER_MINUTE: count(60),
  /** Event streams and carts a client may hold open. */
  MAX_STREAMS_PER_CLIENT: count(256),
  /** Event streams and carts of all clients. */
  MAX_STREAMS: count(10_000),
};

/** The gateway's settings, checked. */
export type Settings = z.infer<z.ZodObject<typeof settings>>;

/** Those that do not say where the services are. */
export type OwnSettings = Omit<Settings, 'INVENTORY_ADDRESS' | 'PRICING_ADDRESS' | 'USER_ADDRESS'>;
