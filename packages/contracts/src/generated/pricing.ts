// Written by "npm run generate" from protos/pricing.proto: change that and run it again.

import serviceConfig from '../../../../protos/pricing_grpc_service_config.json' with { type: 'json' };
import { ImportSummary, Money } from './common.ts';
import { isSet, type MessageType } from '../codec.ts';

/** Asks for the price of one product. */
export interface PriceRequest {
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** ISO 4217 code in upper case: INR, USD, EUR, GBP or JPY. Empty: INR. */
  currency: string;
  /** "vip", "standard" or "wholesale". Empty or unknown: standard. */
  customerSegment: string;
  /** WatchPrice only: the sequence of the last update seen, from 0. 0: none seen, begin with a snapshot. */
  resumeAfter: bigint;
}

export const PriceRequest: MessageType<PriceRequest> = {
  name: 'ecommerce.PriceRequest',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      currency: init.currency ?? '',
      customerSegment: init.customerSegment ?? '',
      resumeAfter: init.resumeAfter ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.currency) writer.tag(18).string(message.currency);
    if (message.customerSegment) writer.tag(26).string(message.customerSegment);
    if (message.resumeAfter) writer.tag(32).int64(message.resumeAfter);
  },
  decode(reader, end) {
    const message: PriceRequest = {
      productId: 0n,
      currency: '',
      customerSegment: '',
      resumeAfter: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 18:
          message.currency = reader.string();
          break;
        case 26:
          message.customerSegment = reader.string();
          break;
        case 32:
          message.resumeAfter = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The price of one product. */
export interface PriceResponse {
  /** The product asked for. */
  productId: bigint;
  /** The price before any sale and discount, in units of `currency` (19.99), at most its decimals. */
  basePrice: number;
  /** The price to pay: sale first, then the segment's discount, each rounded half up to the minor unit. */
  discountedPrice: number;
  /** Whether a sale is in `discounted_price`. */
  isOnSale: boolean;
  /** When that sale ends, in Unix seconds (a part of a second rounded up). 0: no sale. */
  saleEndsAt: bigint;
  /** The currency of both prices, an ISO 4217 code. Never empty. */
  currency: string;
}

export const PriceResponse: MessageType<PriceResponse> = {
  name: 'ecommerce.PriceResponse',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      basePrice: init.basePrice ?? 0,
      discountedPrice: init.discountedPrice ?? 0,
      isOnSale: init.isOnSale ?? false,
      saleEndsAt: init.saleEndsAt ?? 0n,
      currency: init.currency ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (isSet(message.basePrice)) writer.tag(17).double(message.basePrice);
    if (isSet(message.discountedPrice)) writer.tag(25).double(message.discountedPrice);
    if (message.isOnSale) writer.tag(32).bool(message.isOnSale);
    if (message.saleEndsAt) writer.tag(40).int64(message.saleEndsAt);
    if (message.currency) writer.tag(50).string(message.currency);
  },
  decode(reader, end) {
    const message: PriceResponse = {
      productId: 0n,
      basePrice: 0,
      discountedPrice: 0,
      isOnSale: false,
      saleEndsAt: 0n,
      currency: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 17:
          message.basePrice = reader.double();
          break;
        case 25:
          message.discountedPrice = reader.double();
          break;
        case 32:
          message.isOnSale = reader.bool();
          break;
        case 40:
          message.saleEndsAt = reader.int64();
          break;
        case 50:
          message.currency = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for many prices in one call. */
export interface BatchPriceRequest {
  /**
   * At most 500, each answered for itself; the same product may come more than once. Empty: an empty answer.
   * `resume_after` in them is ignored.
   */
  requests: PriceRequest[];
  /** The prices are to be cached: the answer tells its `position` and how long they hold. Also without requests. */
  toCache: boolean;
}

export const BatchPriceRequest: MessageType<BatchPriceRequest> = {
  name: 'ecommerce.BatchPriceRequest',
  create(init) {
    return {
      requests: init.requests?.map((item) => PriceRequest.create(item)) ?? [],
      toCache: init.toCache ?? false,
    };
  },
  encode(message, writer) {
    for (const item of message.requests ?? []) {
      const start = writer.open(10);
      PriceRequest.encode(item, writer);
      writer.close(start);
    }
    if (message.toCache) writer.tag(16).bool(message.toCache);
  },
  decode(reader, end) {
    const message: BatchPriceRequest = {
      requests: [],
      toCache: false,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requests.push(PriceRequest.decode(reader, reader.open()));
          break;
        case 16:
          message.toCache = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Many prices. */
export interface BatchPriceResponse {
  /** The good items in the order of the requests, duplicates included. */
  prices: PriceResponse[];
  /** The bad items, in the order of the requests. Empty: all were good. */
  errors: ItemError[];
  /**
   * With `to_cache`, a position of the change feed that was reached when the prices were read: what it has after that
   * may be news to them, what it has up to there is in them. 0 before the first change, and without `to_cache`.
   */
  position: bigint;
  /**
   * With `to_cache`, for how long after they were read no sale of these products starts or ends by its time, so that
   * only changes in the feed can change the prices: in ms, from 0 to 86,400,000. 0: they must not be cached.
   */
  holdsForMs: number;
}

export const BatchPriceResponse: MessageType<BatchPriceResponse> = {
  name: 'ecommerce.BatchPriceResponse',
  create(init) {
    return {
      prices: init.prices?.map((item) => PriceResponse.create(item)) ?? [],
      errors: init.errors?.map((item) => ItemError.create(item)) ?? [],
      position: init.position ?? 0n,
      holdsForMs: init.holdsForMs ?? 0,
    };
  },
  encode(message, writer) {
    for (const item of message.prices ?? []) {
      const start = writer.open(10);
      PriceResponse.encode(item, writer);
      writer.close(start);
    }
    for (const item of message.errors ?? []) {
      const start = writer.open(18);
      ItemError.encode(item, writer);
      writer.close(start);
    }
    if (message.position) writer.tag(24).int64(message.position);
    if (isSet(message.holdsForMs)) writer.tag(32).int32(message.holdsForMs);
  },
  decode(reader, end) {
    const message: BatchPriceResponse = {
      prices: [],
      errors: [],
      position: 0n,
      holdsForMs: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.prices.push(PriceResponse.decode(reader, reader.open()));
          break;
        case 18:
          message.errors.push(ItemError.decode(reader, reader.open()));
          break;
        case 24:
          message.position = reader.int64();
          break;
        case 32:
          message.holdsForMs = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Why one item of a batch, or one change of a cart, was refused. */
export interface ItemError {
  /** Position in the batch's requests, counted from 0; 0 for a cart. */
  index: number;
  /** The product that was asked for. */
  productId: bigint;
  /** gRPC status code, as a call for that item alone would have ended: 3 INVALID_ARGUMENT, 5 NOT_FOUND. */
  code: number;
  /** What is wrong with the item, safe to show to the caller. */
  message: string;
}

export const ItemError: MessageType<ItemError> = {
  name: 'ecommerce.ItemError',
  create(init) {
    return {
      index: init.index ?? 0,
      productId: init.productId ?? 0n,
      code: init.code ?? 0,
      message: init.message ?? '',
    };
  },
  encode(message, writer) {
    if (isSet(message.index)) writer.tag(8).int32(message.index);
    if (message.productId) writer.tag(16).int64(message.productId);
    if (isSet(message.code)) writer.tag(24).int32(message.code);
    if (message.message) writer.tag(34).string(message.message);
  },
  decode(reader, end) {
    const message: ItemError = {
      index: 0,
      productId: 0n,
      code: 0,
      message: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.index = reader.int32();
          break;
        case 16:
          message.productId = reader.int64();
          break;
        case 24:
          message.code = reader.int32();
          break;
        case 34:
          message.message = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** A price as it stands after a change, for the request's segment and currency. */
export interface PriceUpdate {
  /** The product watched. */
  productId: bigint;
  /** The price to pay, in units of `currency`, sales and the segment's discount applied. */
  newPrice: number;
  /**
   * "snapshot", "price_changed", "sale_started", "sale_ended", or "resync": a snapshot sent because the
   * changes since `resume_after` are no longer kept. Clients take an unknown reason as price_changed.
   */
  reason: string;
  /**
   * Position in pricing's change feed: commit order, strictly increasing, gaps allowed. A snapshot carries
   * the position it was read at. Pass the last one seen as `resume_after` to go on after it.
   */
  sequence: bigint;
  /** The currency of both prices, an ISO 4217 code. Never empty. */
  currency: string;
  /** The price before any sale and discount, in units of `currency`. */
  basePrice: number;
  /** Whether a sale is in `new_price`. */
  isOnSale: boolean;
  /** When that sale ends, in Unix seconds (a part of a second rounded up). 0: no sale. */
  saleEndsAt: bigint;
  /** Where its delivery is in the trace of the call that made the change, as W3C's traceparent. Empty: in none. */
  traceparent: string;
}

export const PriceUpdate: MessageType<PriceUpdate> = {
  name: 'ecommerce.PriceUpdate',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      newPrice: init.newPrice ?? 0,
      reason: init.reason ?? '',
      sequence: init.sequence ?? 0n,
      currency: init.currency ?? '',
      basePrice: init.basePrice ?? 0,
      isOnSale: init.isOnSale ?? false,
      saleEndsAt: init.saleEndsAt ?? 0n,
      traceparent: init.traceparent ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (isSet(message.newPrice)) writer.tag(17).double(message.newPrice);
    if (message.reason) writer.tag(26).string(message.reason);
    if (message.sequence) writer.tag(32).int64(message.sequence);
    if (message.currency) writer.tag(42).string(message.currency);
    if (isSet(message.basePrice)) writer.tag(49).double(message.basePrice);
    if (message.isOnSale) writer.tag(56).bool(message.isOnSale);
    if (message.saleEndsAt) writer.tag(64).int64(message.saleEndsAt);
    if (message.traceparent) writer.tag(74).string(message.traceparent);
  },
  decode(reader, end) {
    const message: PriceUpdate = {
      productId: 0n,
      newPrice: 0,
      reason: '',
      sequence: 0n,
      currency: '',
      basePrice: 0,
      isOnSale: false,
      saleEndsAt: 0n,
      traceparent: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 17:
          message.newPrice = reader.double();
          break;
        case 26:
          message.reason = reader.string();
          break;
        case 32:
          message.sequence = reader.int64();
          break;
        case 42:
          message.currency = reader.string();
          break;
        case 49:
          message.basePrice = reader.double();
          break;
        case 56:
          message.isOnSale = reader.bool();
          break;
        case 64:
          message.saleEndsAt = reader.int64();
          break;
        case 74:
          message.traceparent = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for all changes of prices. */
export interface WatchChangesRequest {
  /** The `position` of the last message that was applied. 0: none, begin with what changes from now on. */
  resumeAfter: bigint;
}

export const WatchChangesRequest: MessageType<WatchChangesRequest> = {
  name: 'ecommerce.WatchChangesRequest',
  create(init) {
    return {
      resumeAfter: init.resumeAfter ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.resumeAfter) writer.tag(8).int64(message.resumeAfter);
  },
  decode(reader, end) {
    const message: WatchChangesRequest = {
      resumeAfter: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.resumeAfter = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Some changes of prices, or none. */
export interface WatchChangesResponse {
  /**
   * Where the receiver is in the feed once it has applied `changes`: to be passed as `resume_after`. In the first
   * message, which has no changes, where it begins.
   */
  position: bigint;
  /**
   * The receiver was not told of every change before `position`, and must forget all prices it had before this
   * message. True in the first message, unless `resume_after` was given and the changes since are still kept; true
   * in a later one where they were lost meanwhile. Such a message has no changes.
   */
  resync: boolean;
  /** In the order of the feed, which is that of their commits; at most 1,000. */
  changes: PriceChange[];
}

export const WatchChangesResponse: MessageType<WatchChangesResponse> = {
  name: 'ecommerce.WatchChangesResponse',
  create(init) {
    return {
      position: init.position ?? 0n,
      resync: init.resync ?? false,
      changes: init.changes?.map((item) => PriceChange.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    if (message.position) writer.tag(8).int64(message.position);
    if (message.resync) writer.tag(16).bool(message.resync);
    for (const item of message.changes ?? []) {
      const start = writer.open(26);
      PriceChange.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: WatchChangesResponse = {
      position: 0n,
      resync: false,
      changes: [],
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.position = reader.int64();
          break;
        case 16:
          message.resync = reader.bool();
          break;
        case 26:
          message.changes.push(PriceChange.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One price as it stands after a change, from which the price for every segment follows. */
export interface PriceChange {
  /** The product. */
  productId: bigint;
  /** Its price before any sale and discount, from 0 to 10^12 minor units. */
  basePrice: Money | undefined;
  /** Whole percent that the running sale takes off, 1 to 99. 0: no sale. */
  percentOff: number;
  /** When that sale ends, in Unix milliseconds. 0: no sale. */
  saleEndsAtMs: bigint;
  /**
   * "price_changed", "sale_started", "sale_ended", or "sale_scheduled": the price is as it was, and a sale is stored
   * that starts later, by its time. Clients take an unknown reason as price_changed.
   */
  reason: string;
  /** Position of the change in the feed: strictly increasing, gaps allowed. */
  sequence: bigint;
}

export const PriceChange: MessageType<PriceChange> = {
  name: 'ecommerce.PriceChange',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      basePrice: init.basePrice && Money.create(init.basePrice),
      percentOff: init.percentOff ?? 0,
      saleEndsAtMs: init.saleEndsAtMs ?? 0n,
      reason: init.reason ?? '',
      sequence: init.sequence ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.basePrice !== undefined) {
      const start = writer.open(18);
      Money.encode(message.basePrice, writer);
      writer.close(start);
    }
    if (isSet(message.percentOff)) writer.tag(24).int32(message.percentOff);
    if (message.saleEndsAtMs) writer.tag(32).int64(message.saleEndsAtMs);
    if (message.reason) writer.tag(42).string(message.reason);
    if (message.sequence) writer.tag(48).int64(message.sequence);
  },
  decode(reader, end) {
    const message: PriceChange = {
      productId: 0n,
      basePrice: undefined,
      percentOff: 0,
      saleEndsAtMs: 0n,
      reason: '',
      sequence: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 18:
          message.basePrice = Money.decode(reader, reader.open());
          break;
        case 24:
          message.percentOff = reader.int32();
          break;
        case 32:
          message.saleEndsAtMs = reader.int64();
          break;
        case 42:
          message.reason = reader.string();
          break;
        case 48:
          message.sequence = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** A chunk of lines to import. */
export interface ImportPricesRequest {
  /**
   * Unique per caller and import, 1 to 200 characters; needed in the first message, ignored in later ones.
   * A repeat of a finished import returns its answer and stores nothing.
   */
  requestId: string;
  /** Up to 1,000 lines. A bad line is reported and never fails the others. */
  lines: PriceLine[];
}

export const ImportPricesRequest: MessageType<ImportPricesRequest> = {
  name: 'ecommerce.ImportPricesRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      lines: init.lines?.map((item) => PriceLine.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    for (const item of message.lines ?? []) {
      const start = writer.open(18);
      PriceLine.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: ImportPricesRequest = {
      requestId: '',
      lines: [],
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 18:
          message.lines.push(PriceLine.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One line of an import of prices. */
export interface PriceLine {
  /** Number of the line in the sender's file, counted from 1. */
  line: bigint;
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** Its new base price, from 0 to 10^12 minor units. */
  price: Money | undefined;
}

export const PriceLine: MessageType<PriceLine> = {
  name: 'ecommerce.PriceLine',
  create(init) {
    return {
      line: init.line ?? 0n,
      productId: init.productId ?? 0n,
      price: init.price && Money.create(init.price),
    };
  },
  encode(message, writer) {
    if (message.line) writer.tag(8).int64(message.line);
    if (message.productId) writer.tag(16).int64(message.productId);
    if (message.price !== undefined) {
      const start = writer.open(26);
      Money.encode(message.price, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: PriceLine = {
      line: 0n,
      productId: 0n,
      price: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.line = reader.int64();
          break;
        case 16:
          message.productId = reader.int64();
          break;
        case 26:
          message.price = Money.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The end of an import of prices. */
export interface ImportPricesResponse {
  /** Counts and first errors. */
  summary: ImportSummary | undefined;
}

export const ImportPricesResponse: MessageType<ImportPricesResponse> = {
  name: 'ecommerce.ImportPricesResponse',
  create(init) {
    return {
      summary: init.summary && ImportSummary.create(init.summary),
    };
  },
  encode(message, writer) {
    if (message.summary !== undefined) {
      const start = writer.open(10);
      ImportSummary.encode(message.summary, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: ImportPricesResponse = {
      summary: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.summary = ImportSummary.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One change to a cart. Fields left at their default change nothing. */
export interface QuoteCartRequest {
  /** The product whose quantity is set. 0: no line changes. */
  productId: bigint;
  /** Its new quantity, 0 to 999; 0 takes the line out. A cart holds at most 100 lines. */
  quantity: number;
  /** Quote in this currency from now on. Empty: as before (INR at the start). */
  currency: string;
  /** Quote for this segment from now on. Empty: as before (standard at the start). */
  customerSegment: string;
}

export const QuoteCartRequest: MessageType<QuoteCartRequest> = {
  name: 'ecommerce.QuoteCartRequest',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      quantity: init.quantity ?? 0,
      currency: init.currency ?? '',
      customerSegment: init.customerSegment ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (isSet(message.quantity)) writer.tag(16).int32(message.quantity);
    if (message.currency) writer.tag(26).string(message.currency);
    if (message.customerSegment) writer.tag(34).string(message.customerSegment);
  },
  decode(reader, end) {
    const message: QuoteCartRequest = {
      productId: 0n,
      quantity: 0,
      currency: '',
      customerSegment: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 16:
          message.quantity = reader.int32();
          break;
        case 26:
          message.currency = reader.string();
          break;
        case 34:
          message.customerSegment = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The whole cart as quoted now. */
export interface QuoteCartResponse {
  /** The lines in the order they were first put in. */
  lines: CartLine[];
  /** The sum of the lines' totals. */
  total: Money | undefined;
  /**
   * "changed" (the client's change was applied), "refused" (it was not, see `error`), or why a price moved:
   * "price_changed", "sale_started", "sale_ended".
   */
  reason: string;
  /** Only with reason "refused": what was wrong; the cart is as it was before. */
  error: ItemError | undefined;
}

export const QuoteCartResponse: MessageType<QuoteCartResponse> = {
  name: 'ecommerce.QuoteCartResponse',
  create(init) {
    return {
      lines: init.lines?.map((item) => CartLine.create(item)) ?? [],
      total: init.total && Money.create(init.total),
      reason: init.reason ?? '',
      error: init.error && ItemError.create(init.error),
    };
  },
  encode(message, writer) {
    for (const item of message.lines ?? []) {
      const start = writer.open(10);
      CartLine.encode(item, writer);
      writer.close(start);
    }
    if (message.total !== undefined) {
      const start = writer.open(18);
      Money.encode(message.total, writer);
      writer.close(start);
    }
    if (message.reason) writer.tag(26).string(message.reason);
    if (message.error !== undefined) {
      const start = writer.open(34);
      ItemError.encode(message.error, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: QuoteCartResponse = {
      lines: [],
      total: undefined,
      reason: '',
      error: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.lines.push(CartLine.decode(reader, reader.open()));
          break;
        case 18:
          message.total = Money.decode(reader, reader.open());
          break;
        case 26:
          message.reason = reader.string();
          break;
        case 34:
          message.error = ItemError.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One product of a quoted cart. */
export interface CartLine {
  /** The product. */
  productId: bigint;
  /** How many, from 1 to 999. */
  quantity: number;
  /** The price of one before any sale and discount. */
  basePrice: Money | undefined;
  /** The price of one to pay. */
  unitPrice: Money | undefined;
  /** `unit_price` times `quantity`. */
  lineTotal: Money | undefined;
  /** Whether a sale is in `unit_price`. */
  isOnSale: boolean;
  /** When that sale ends, in Unix seconds. 0: no sale. */
  saleEndsAt: bigint;
}

export const CartLine: MessageType<CartLine> = {
  name: 'ecommerce.CartLine',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      quantity: init.quantity ?? 0,
      basePrice: init.basePrice && Money.create(init.basePrice),
      unitPrice: init.unitPrice && Money.create(init.unitPrice),
      lineTotal: init.lineTotal && Money.create(init.lineTotal),
      isOnSale: init.isOnSale ?? false,
      saleEndsAt: init.saleEndsAt ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (isSet(message.quantity)) writer.tag(16).int32(message.quantity);
    if (message.basePrice !== undefined) {
      const start = writer.open(26);
      Money.encode(message.basePrice, writer);
      writer.close(start);
    }
    if (message.unitPrice !== undefined) {
      const start = writer.open(34);
      Money.encode(message.unitPrice, writer);
      writer.close(start);
    }
    if (message.lineTotal !== undefined) {
      const start = writer.open(42);
      Money.encode(message.lineTotal, writer);
      writer.close(start);
    }
    if (message.isOnSale) writer.tag(48).bool(message.isOnSale);
    if (message.saleEndsAt) writer.tag(56).int64(message.saleEndsAt);
  },
  decode(reader, end) {
    const message: CartLine = {
      productId: 0n,
      quantity: 0,
      basePrice: undefined,
      unitPrice: undefined,
      lineTotal: undefined,
      isOnSale: false,
      saleEndsAt: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 16:
          message.quantity = reader.int32();
          break;
        case 26:
          message.basePrice = Money.decode(reader, reader.open());
          break;
        case 34:
          message.unitPrice = Money.decode(reader, reader.open());
          break;
        case 42:
          message.lineTotal = Money.decode(reader, reader.open());
          break;
        case 48:
          message.isOnSale = reader.bool();
          break;
        case 56:
          message.saleEndsAt = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Sets one base price. */
export interface SetPriceRequest {
  /** Unique per caller, 1 to 200 characters. A repeat returns the first answer. */
  requestId: string;
  /** The product, from 1 to 2^63 - 1. One without a price in that currency gets its first. */
  productId: bigint;
  /** The new base price, from 0 to 10^12 minor units. */
  price: Money | undefined;
}

export const SetPriceRequest: MessageType<SetPriceRequest> = {
  name: 'ecommerce.SetPriceRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      productId: init.productId ?? 0n,
      price: init.price && Money.create(init.price),
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    if (message.productId) writer.tag(16).int64(message.productId);
    if (message.price !== undefined) {
      const start = writer.open(26);
      Money.encode(message.price, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: SetPriceRequest = {
      requestId: '',
      productId: 0n,
      price: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 16:
          message.productId = reader.int64();
          break;
        case 26:
          message.price = Money.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The base price as stored. */
export interface SetPriceResponse {
  /** The product. */
  productId: bigint;
  /** Its base price now. */
  price: Money | undefined;
  /** Position of the change in the feed; of the newest change where the price was already so. */
  sequence: bigint;
}

export const SetPriceResponse: MessageType<SetPriceResponse> = {
  name: 'ecommerce.SetPriceResponse',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      price: init.price && Money.create(init.price),
      sequence: init.sequence ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.price !== undefined) {
      const start = writer.open(18);
      Money.encode(message.price, writer);
      writer.close(start);
    }
    if (message.sequence) writer.tag(24).int64(message.sequence);
  },
  decode(reader, end) {
    const message: SetPriceResponse = {
      productId: 0n,
      price: undefined,
      sequence: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 18:
          message.price = Money.decode(reader, reader.open());
          break;
        case 24:
          message.sequence = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Starts a sale, now or later. */
export interface StartSaleRequest {
  /** Unique per caller, 1 to 200 characters. A repeat returns the first answer. */
  requestId: string;
  /** 1 to 500 products, each with a price; duplicates count once. NOT_FOUND names those without. */
  productIds: bigint[];
  /** Whole percent off the base price, 1 to 99. */
  percentOff: number;
  /** When it starts, in Unix milliseconds. 0 or past: now. */
  startsAtMs: bigint;
  /** When it ends, in Unix milliseconds; after its start and now, at most 366 days ahead. */
  endsAtMs: bigint;
}

export const StartSaleRequest: MessageType<StartSaleRequest> = {
  name: 'ecommerce.StartSaleRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      productIds: [...(init.productIds ?? [])],
      percentOff: init.percentOff ?? 0,
      startsAtMs: init.startsAtMs ?? 0n,
      endsAtMs: init.endsAtMs ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    if (message.productIds?.length) {
      const start = writer.open(18);
      for (const item of message.productIds) writer.int64(item);
      writer.close(start);
    }
    if (isSet(message.percentOff)) writer.tag(24).int32(message.percentOff);
    if (message.startsAtMs) writer.tag(32).int64(message.startsAtMs);
    if (message.endsAtMs) writer.tag(40).int64(message.endsAtMs);
  },
  decode(reader, end) {
    const message: StartSaleRequest = {
      requestId: '',
      productIds: [],
      percentOff: 0,
      startsAtMs: 0n,
      endsAtMs: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 16:
          message.productIds.push(reader.int64());
          break;
        case 18: {
          const packedEnd = reader.open();
          while (reader.position < packedEnd) message.productIds.push(reader.int64());
          reader.close(packedEnd);
          break;
        }
        case 24:
          message.percentOff = reader.int32();
          break;
        case 32:
          message.startsAtMs = reader.int64();
          break;
        case 40:
          message.endsAtMs = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The sale that was stored. */
export interface StartSaleResponse {
  /** Its id, a UUID. */
  saleId: string;
  /** When it starts or started, in Unix milliseconds. */
  startsAtMs: bigint;
  /** When it ends, in Unix milliseconds. */
  endsAtMs: bigint;
}

export const StartSaleResponse: MessageType<StartSaleResponse> = {
  name: 'ecommerce.StartSaleResponse',
  create(init) {
    return {
      saleId: init.saleId ?? '',
      startsAtMs: init.startsAtMs ?? 0n,
      endsAtMs: init.endsAtMs ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.saleId) writer.tag(10).string(message.saleId);
    if (message.startsAtMs) writer.tag(16).int64(message.startsAtMs);
    if (message.endsAtMs) writer.tag(24).int64(message.endsAtMs);
  },
  decode(reader, end) {
    const message: StartSaleResponse = {
      saleId: '',
      startsAtMs: 0n,
      endsAtMs: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.saleId = reader.string();
          break;
        case 16:
          message.startsAtMs = reader.int64();
          break;
        case 24:
          message.endsAtMs = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Ends a sale. */
export interface EndSaleRequest {
  /** Unique per caller, 1 to 200 characters. A repeat returns the first answer. */
  requestId: string;
  /** The sale's id, a UUID. */
  saleId: string;
}

export const EndSaleRequest: MessageType<EndSaleRequest> = {
  name: 'ecommerce.EndSaleRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      saleId: init.saleId ?? '',
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    if (message.saleId) writer.tag(18).string(message.saleId);
  },
  decode(reader, end) {
    const message: EndSaleRequest = {
      requestId: '',
      saleId: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 18:
          message.saleId = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The sale that ended. */
export interface EndSaleResponse {
  /** Its id, a UUID. */
  saleId: string;
  /** When it ended, in Unix milliseconds: now, or earlier where it had ended already. */
  endedAtMs: bigint;
}

export const EndSaleResponse: MessageType<EndSaleResponse> = {
  name: 'ecommerce.EndSaleResponse',
  create(init) {
    return {
      saleId: init.saleId ?? '',
      endedAtMs: init.endedAtMs ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.saleId) writer.tag(10).string(message.saleId);
    if (message.endedAtMs) writer.tag(16).int64(message.endedAtMs);
  },
  decode(reader, end) {
    const message: EndSaleResponse = {
      saleId: '',
      endedAtMs: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.saleId = reader.string();
          break;
        case 16:
          message.endedAtMs = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/**
 * Prices of products per currency and customer segment, and the sales that change them.
 * The first three RPCs and the six messages they use are the article's, extended by new fields only.
 */
export const PricingService = {
  name: 'ecommerce.PricingService',
  serviceConfig,
  methods: {
    /**
     * The price of one product for a segment and a currency.
     * NOT_FOUND where the product has no price in that currency; INVALID_ARGUMENT for a bad id or currency.
     */
    getPrice: {
      name: 'GetPrice',
      path: '/ecommerce.PricingService/GetPrice',
      kind: 'unary',
      request: PriceRequest,
      response: PriceResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /**
     * The prices of up to 500 products at once. A bad item is reported in `errors` and never fails the others.
     * INVALID_ARGUMENT for more than 500 requests.
     */
    getPricesBatch: {
      name: 'GetPricesBatch',
      path: '/ecommerce.PricingService/GetPricesBatch',
      kind: 'unary',
      request: BatchPriceRequest,
      response: BatchPriceResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /**
     * The present price at once (reason "snapshot"), then every change of it as it is committed.
     * With `resume_after` the changes since that sequence come first and no snapshot is sent, unless they are no
     * longer kept: then a snapshot with reason "resync".
     */
    watchPrice: {
      name: 'WatchPrice',
      path: '/ecommerce.PricingService/WatchPrice',
      kind: 'serverStream',
      request: PriceRequest,
      response: PriceUpdate,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /**
     * Every change of every price, in the order of the feed, from any replica: for processes that keep prices, one
     * stream for each. First a message that says where it begins, then the changes as they are committed.
     */
    watchChanges: {
      name: 'WatchChanges',
      path: '/ecommerce.PricingService/WatchChanges',
      kind: 'serverStream',
      request: WatchChangesRequest,
      response: WatchChangesResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /** Sets many base prices: a stream of chunks of lines in, one summary out. Each chunk is stored as it comes. */
    importPrices: {
      name: 'ImportPrices',
      path: '/ecommerce.PricingService/ImportPrices',
      kind: 'clientStream',
      request: ImportPricesRequest,
      response: ImportPricesResponse,
      idempotency: 'IDEMPOTENT',
    },
    /**
     * A cart that is priced as it changes: the client streams changes, the server streams the quoted cart after
     * each change and whenever a price in it changes. The cart lives as long as the stream.
     */
    quoteCart: {
      name: 'QuoteCart',
      path: '/ecommerce.PricingService/QuoteCart',
      kind: 'bidi',
      request: QuoteCartRequest,
      response: QuoteCartResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /** Sets the base price of one product in one currency. */
    setPrice: {
      name: 'SetPrice',
      path: '/ecommerce.PricingService/SetPrice',
      kind: 'unary',
      request: SetPriceRequest,
      response: SetPriceResponse,
      idempotency: 'IDEMPOTENT',
    },
    /** Takes a percentage off some products between two instants. Where sales overlap the largest percentage holds. */
    startSale: {
      name: 'StartSale',
      path: '/ecommerce.PricingService/StartSale',
      kind: 'unary',
      request: StartSaleRequest,
      response: StartSaleResponse,
      idempotency: 'IDEMPOTENT',
    },
    /** Ends a sale now, or before it has started. NOT_FOUND for an unknown sale; ending one twice is no error. */
    endSale: {
      name: 'EndSale',
      path: '/ecommerce.PricingService/EndSale',
      kind: 'unary',
      request: EndSaleRequest,
      response: EndSaleResponse,
      idempotency: 'IDEMPOTENT',
    },
  },
} as const;
