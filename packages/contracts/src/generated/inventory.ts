// Written by "npm run generate" from protos/inventory.proto: change that and run it again.

import serviceConfig from '../../../../protos/inventory_grpc_service_config.json' with { type: 'json' };
import { ImportSummary, Money } from './common.ts';
import { isSet, type MessageType } from '../codec.ts';

/** What has become of a reservation. */
export const ReservationState = {
  /** Never sent. */
  UNSPECIFIED: 0,
  /** The pieces are held until `expires_at_ms`. */
  HELD: 1,
  /** The pieces are the user's. */
  CONFIRMED: 2,
  /** The pieces went back to the stock, by the user's wish. */
  RELEASED: 3,
  /** The pieces went back to the stock, by time. */
  EXPIRED: 4,
} as const;
export type ReservationState = (typeof ReservationState)[keyof typeof ReservationState];

/** A product as its reader sees it. */
export interface Product {
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** Name for people, English. */
  name: string;
  /** One or two sentences for people, English. */
  description: string;
  /** Category, a lower-case word such as "kitchen". */
  category: string;
  /** The price to pay. Absent: the product has no price in this currency. */
  price: Money | undefined;
  /** The price before any sale and discount. Absent where `price` is. */
  originalPrice: Money | undefined;
  /** Whether a sale is in `price`. */
  onSale: boolean;
  /** When that sale ends, in Unix seconds. 0: no sale. */
  saleEndsAt: bigint;
  /** Stock by warehouse, in the order of their ids. */
  stock: WarehouseStock[];
}

export const Product: MessageType<Product> = {
  name: 'ecommerce.Product',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      name: init.name ?? '',
      description: init.description ?? '',
      category: init.category ?? '',
      price: init.price && Money.create(init.price),
      originalPrice: init.originalPrice && Money.create(init.originalPrice),
      onSale: init.onSale ?? false,
      saleEndsAt: init.saleEndsAt ?? 0n,
      stock: init.stock?.map((item) => WarehouseStock.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.name) writer.tag(18).string(message.name);
    if (message.description) writer.tag(26).string(message.description);
    if (message.category) writer.tag(34).string(message.category);
    if (message.price !== undefined) {
      const start = writer.open(42);
      Money.encode(message.price, writer);
      writer.close(start);
    }
    if (message.originalPrice !== undefined) {
      const start = writer.open(50);
      Money.encode(message.originalPrice, writer);
      writer.close(start);
    }
    if (message.onSale) writer.tag(56).bool(message.onSale);
    if (message.saleEndsAt) writer.tag(64).int64(message.saleEndsAt);
    for (const item of message.stock ?? []) {
      const start = writer.open(74);
      WarehouseStock.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: Product = {
      productId: 0n,
      name: '',
      description: '',
      category: '',
      price: undefined,
      originalPrice: undefined,
      onSale: false,
      saleEndsAt: 0n,
      stock: [],
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 18:
          message.name = reader.string();
          break;
        case 26:
          message.description = reader.string();
          break;
        case 34:
          message.category = reader.string();
          break;
        case 42:
          message.price = Money.decode(reader, reader.open());
          break;
        case 50:
          message.originalPrice = Money.decode(reader, reader.open());
          break;
        case 56:
          message.onSale = reader.bool();
          break;
        case 64:
          message.saleEndsAt = reader.int64();
          break;
        case 74:
          message.stock.push(WarehouseStock.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** What one warehouse has of a product. */
export interface WarehouseStock {
  /** The warehouse, such as "in-bom-1". */
  warehouseId: string;
  /** Pieces that can be reserved now, from 0. */
  available: number;
}

export const WarehouseStock: MessageType<WarehouseStock> = {
  name: 'ecommerce.WarehouseStock',
  create(init) {
    return {
      warehouseId: init.warehouseId ?? '',
      available: init.available ?? 0,
    };
  },
  encode(message, writer) {
    if (message.warehouseId) writer.tag(10).string(message.warehouseId);
    if (isSet(message.available)) writer.tag(16).int32(message.available);
  },
  decode(reader, end) {
    const message: WarehouseStock = {
      warehouseId: '',
      available: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.warehouseId = reader.string();
          break;
        case 16:
          message.available = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for one product. */
export interface GetProductRequest {
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** The user whose segment sets the price. 0: nobody, standard prices. */
  userId: bigint;
  /** ISO 4217 code in upper case: INR, USD, EUR, GBP or JPY. Empty: INR. */
  currency: string;
}

export const GetProductRequest: MessageType<GetProductRequest> = {
  name: 'ecommerce.GetProductRequest',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      userId: init.userId ?? 0n,
      currency: init.currency ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.userId) writer.tag(16).int64(message.userId);
    if (message.currency) writer.tag(26).string(message.currency);
  },
  decode(reader, end) {
    const message: GetProductRequest = {
      productId: 0n,
      userId: 0n,
      currency: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 16:
          message.userId = reader.int64();
          break;
        case 26:
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

/** One product. */
export interface GetProductResponse {
  /** The product. */
  product: Product | undefined;
}

export const GetProductResponse: MessageType<GetProductResponse> = {
  name: 'ecommerce.GetProductResponse',
  create(init) {
    return {
      product: init.product && Product.create(init.product),
    };
  },
  encode(message, writer) {
    if (message.product !== undefined) {
      const start = writer.open(10);
      Product.encode(message.product, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: GetProductResponse = {
      product: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.product = Product.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for a page of products. */
export interface ListProductsRequest {
  /** Products wanted, 1 to 200. 0: 50; more than 200: 200; negative: INVALID_ARGUMENT. */
  pageSize: number;
  /** `next_page_token` of the page before. Empty: the first page. */
  pageToken: string;
  /** Only products of this category. Empty: all; unknown: an empty page. */
  category: string;
  /** The user whose segment sets the prices. 0: nobody, standard prices. */
  userId: bigint;
  /** ISO 4217 code in upper case: INR, USD, EUR, GBP or JPY. Empty: INR. */
  currency: string;
}

export const ListProductsRequest: MessageType<ListProductsRequest> = {
  name: 'ecommerce.ListProductsRequest',
  create(init) {
    return {
      pageSize: init.pageSize ?? 0,
      pageToken: init.pageToken ?? '',
      category: init.category ?? '',
      userId: init.userId ?? 0n,
      currency: init.currency ?? '',
    };
  },
  encode(message, writer) {
    if (isSet(message.pageSize)) writer.tag(8).int32(message.pageSize);
    if (message.pageToken) writer.tag(18).string(message.pageToken);
    if (message.category) writer.tag(26).string(message.category);
    if (message.userId) writer.tag(32).int64(message.userId);
    if (message.currency) writer.tag(42).string(message.currency);
  },
  decode(reader, end) {
    const message: ListProductsRequest = {
      pageSize: 0,
      pageToken: '',
      category: '',
      userId: 0n,
      currency: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.pageSize = reader.int32();
          break;
        case 18:
          message.pageToken = reader.string();
          break;
        case 26:
          message.category = reader.string();
          break;
        case 32:
          message.userId = reader.int64();
          break;
        case 42:
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

/** A page of products. */
export interface ListProductsResponse {
  /** The products in the order of their ids. */
  products: Product[];
  /** Token of the next page. Empty: this was the last. */
  nextPageToken: string;
}

export const ListProductsResponse: MessageType<ListProductsResponse> = {
  name: 'ecommerce.ListProductsResponse',
  create(init) {
    return {
      products: init.products?.map((item) => Product.create(item)) ?? [],
      nextPageToken: init.nextPageToken ?? '',
    };
  },
  encode(message, writer) {
    for (const item of message.products ?? []) {
      const start = writer.open(10);
      Product.encode(item, writer);
      writer.close(start);
    }
    if (message.nextPageToken) writer.tag(18).string(message.nextPageToken);
  },
  decode(reader, end) {
    const message: ListProductsResponse = {
      products: [],
      nextPageToken: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.products.push(Product.decode(reader, reader.open()));
          break;
        case 18:
          message.nextPageToken = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for stock. */
export interface GetStockRequest {
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** Only this warehouse. Empty: all. */
  warehouseId: string;
}

export const GetStockRequest: MessageType<GetStockRequest> = {
  name: 'ecommerce.GetStockRequest',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      warehouseId: init.warehouseId ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.warehouseId) writer.tag(18).string(message.warehouseId);
  },
  decode(reader, end) {
    const message: GetStockRequest = {
      productId: 0n,
      warehouseId: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 18:
          message.warehouseId = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Stock of one product. */
export interface GetStockResponse {
  /** Stock by warehouse, in the order of their ids. */
  stock: WarehouseStock[];
}

export const GetStockResponse: MessageType<GetStockResponse> = {
  name: 'ecommerce.GetStockResponse',
  create(init) {
    return {
      stock: init.stock?.map((item) => WarehouseStock.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    for (const item of message.stock ?? []) {
      const start = writer.open(10);
      WarehouseStock.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: GetStockResponse = {
      stock: [],
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.stock.push(WarehouseStock.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for a product's states. */
export interface WatchProductRequest {
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** The user whose segment sets the price, read once at the start. 0: nobody, standard prices. */
  userId: bigint;
  /** ISO 4217 code in upper case: INR, USD, EUR, GBP or JPY. Empty: INR. */
  currency: string;
}

export const WatchProductRequest: MessageType<WatchProductRequest> = {
  name: 'ecommerce.WatchProductRequest',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      userId: init.userId ?? 0n,
      currency: init.currency ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.userId) writer.tag(16).int64(message.userId);
    if (message.currency) writer.tag(26).string(message.currency);
  },
  decode(reader, end) {
    const message: WatchProductRequest = {
      productId: 0n,
      userId: 0n,
      currency: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.productId = reader.int64();
          break;
        case 16:
          message.userId = reader.int64();
          break;
        case 26:
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

/** Price and stock of a product at one moment. */
export interface WatchProductResponse {
  /** The product watched. */
  productId: bigint;
  /** The price to pay. Absent: no price in this currency. */
  price: Money | undefined;
  /** The price before any sale and discount. Absent where `price` is. */
  originalPrice: Money | undefined;
  /** Whether a sale is in `price`. */
  onSale: boolean;
  /** When that sale ends, in Unix seconds. 0: no sale. */
  saleEndsAt: bigint;
  /** Stock by warehouse, in the order of their ids. */
  stock: WarehouseStock[];
  /** "snapshot", "stock_changed", "price_changed", "sale_started" or "sale_ended". */
  reason: string;
}

export const WatchProductResponse: MessageType<WatchProductResponse> = {
  name: 'ecommerce.WatchProductResponse',
  create(init) {
    return {
      productId: init.productId ?? 0n,
      price: init.price && Money.create(init.price),
      originalPrice: init.originalPrice && Money.create(init.originalPrice),
      onSale: init.onSale ?? false,
      saleEndsAt: init.saleEndsAt ?? 0n,
      stock: init.stock?.map((item) => WarehouseStock.create(item)) ?? [],
      reason: init.reason ?? '',
    };
  },
  encode(message, writer) {
    if (message.productId) writer.tag(8).int64(message.productId);
    if (message.price !== undefined) {
      const start = writer.open(18);
      Money.encode(message.price, writer);
      writer.close(start);
    }
    if (message.originalPrice !== undefined) {
      const start = writer.open(26);
      Money.encode(message.originalPrice, writer);
      writer.close(start);
    }
    if (message.onSale) writer.tag(32).bool(message.onSale);
    if (message.saleEndsAt) writer.tag(40).int64(message.saleEndsAt);
    for (const item of message.stock ?? []) {
      const start = writer.open(50);
      WarehouseStock.encode(item, writer);
      writer.close(start);
    }
    if (message.reason) writer.tag(58).string(message.reason);
  },
  decode(reader, end) {
    const message: WatchProductResponse = {
      productId: 0n,
      price: undefined,
      originalPrice: undefined,
      onSale: false,
      saleEndsAt: 0n,
      stock: [],
      reason: '',
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
        case 26:
          message.originalPrice = Money.decode(reader, reader.open());
          break;
        case 32:
          message.onSale = reader.bool();
          break;
        case 40:
          message.saleEndsAt = reader.int64();
          break;
        case 50:
          message.stock.push(WarehouseStock.decode(reader, reader.open()));
          break;
        case 58:
          message.reason = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Pieces of one product held in one warehouse for one user. */
export interface Reservation {
  /** Its id, a UUID. */
  reservationId: string;
  /** The user it belongs to. */
  userId: bigint;
  /** The product. */
  productId: bigint;
  /** The warehouse that holds the pieces. */
  warehouseId: string;
  /** How many pieces, from 1 to 999. */
  quantity: number;
  /** What has become of it. */
  state: ReservationState;
  /** When a held one expires, in Unix milliseconds. */
  expiresAtMs: bigint;
}

export const Reservation: MessageType<Reservation> = {
  name: 'ecommerce.Reservation',
  create(init) {
    return {
      reservationId: init.reservationId ?? '',
      userId: init.userId ?? 0n,
      productId: init.productId ?? 0n,
      warehouseId: init.warehouseId ?? '',
      quantity: init.quantity ?? 0,
      state: init.state ?? 0,
      expiresAtMs: init.expiresAtMs ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.reservationId) writer.tag(10).string(message.reservationId);
    if (message.userId) writer.tag(16).int64(message.userId);
    if (message.productId) writer.tag(24).int64(message.productId);
    if (message.warehouseId) writer.tag(34).string(message.warehouseId);
    if (isSet(message.quantity)) writer.tag(40).int32(message.quantity);
    if (isSet(message.state)) writer.tag(48).int32(message.state);
    if (message.expiresAtMs) writer.tag(56).int64(message.expiresAtMs);
  },
  decode(reader, end) {
    const message: Reservation = {
      reservationId: '',
      userId: 0n,
      productId: 0n,
      warehouseId: '',
      quantity: 0,
      state: 0,
      expiresAtMs: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.reservationId = reader.string();
          break;
        case 16:
          message.userId = reader.int64();
          break;
        case 24:
          message.productId = reader.int64();
          break;
        case 34:
          message.warehouseId = reader.string();
          break;
        case 40:
          message.quantity = reader.int32();
          break;
        case 48:
          message.state = reader.int32() as ReservationState;
          break;
        case 56:
          message.expiresAtMs = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Holds stock for a user. */
export interface ReserveStockRequest {
  /** Unique per user, 1 to 200 characters. A repeat returns the first answer. */
  requestId: string;
  /** The user it is held for, from 1. */
  userId: bigint;
  /** The product, from 1 to 2^63 - 1. */
  productId: bigint;
  /** How many pieces, from 1 to 999, all from one warehouse. */
  quantity: number;
  /** Only from this warehouse. Empty: from the one with most pieces. */
  warehouseId: string;
}

export const ReserveStockRequest: MessageType<ReserveStockRequest> = {
  name: 'ecommerce.ReserveStockRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      userId: init.userId ?? 0n,
      productId: init.productId ?? 0n,
      quantity: init.quantity ?? 0,
      warehouseId: init.warehouseId ?? '',
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    if (message.userId) writer.tag(16).int64(message.userId);
    if (message.productId) writer.tag(24).int64(message.productId);
    if (isSet(message.quantity)) writer.tag(32).int32(message.quantity);
    if (message.warehouseId) writer.tag(42).string(message.warehouseId);
  },
  decode(reader, end) {
    const message: ReserveStockRequest = {
      requestId: '',
      userId: 0n,
      productId: 0n,
      quantity: 0,
      warehouseId: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 16:
          message.userId = reader.int64();
          break;
        case 24:
          message.productId = reader.int64();
          break;
        case 32:
          message.quantity = reader.int32();
          break;
        case 42:
          message.warehouseId = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The reservation made. */
export interface ReserveStockResponse {
  /** The reservation, held. */
  reservation: Reservation | undefined;
}

export const ReserveStockResponse: MessageType<ReserveStockResponse> = {
  name: 'ecommerce.ReserveStockResponse',
  create(init) {
    return {
      reservation: init.reservation && Reservation.create(init.reservation),
    };
  },
  encode(message, writer) {
    if (message.reservation !== undefined) {
      const start = writer.open(10);
      Reservation.encode(message.reservation, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: ReserveStockResponse = {
      reservation: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.reservation = Reservation.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Makes a reservation final. */
export interface ConfirmReservationRequest {
  /** Unique per user, 1 to 200 characters. A repeat returns the first answer. */
  requestId: string;
  /** The reservation's id, a UUID. */
  reservationId: string;
  /** The user it must belong to; another's is NOT_FOUND. */
  userId: bigint;
}

export const ConfirmReservationRequest: MessageType<ConfirmReservationRequest> = {
  name: 'ecommerce.ConfirmReservationRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      reservationId: init.reservationId ?? '',
      userId: init.userId ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    if (message.reservationId) writer.tag(18).string(message.reservationId);
    if (message.userId) writer.tag(24).int64(message.userId);
  },
  decode(reader, end) {
    const message: ConfirmReservationRequest = {
      requestId: '',
      reservationId: '',
      userId: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 18:
          message.reservationId = reader.string();
          break;
        case 24:
          message.userId = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The reservation confirmed. */
export interface ConfirmReservationResponse {
  /** The reservation, confirmed. */
  reservation: Reservation | undefined;
}

export const ConfirmReservationResponse: MessageType<ConfirmReservationResponse> = {
  name: 'ecommerce.ConfirmReservationResponse',
  create(init) {
    return {
      reservation: init.reservation && Reservation.create(init.reservation),
    };
  },
  encode(message, writer) {
    if (message.reservation !== undefined) {
      const start = writer.open(10);
      Reservation.encode(message.reservation, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: ConfirmReservationResponse = {
      reservation: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.reservation = Reservation.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Gives a reservation's pieces back. */
export interface ReleaseReservationRequest {
  /** Unique per user, 1 to 200 characters. A repeat returns the first answer. */
  requestId: string;
  /** The reservation's id, a UUID. */
  reservationId: string;
  /** The user it must belong to; another's is NOT_FOUND. */
  userId: bigint;
}

export const ReleaseReservationRequest: MessageType<ReleaseReservationRequest> = {
  name: 'ecommerce.ReleaseReservationRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      reservationId: init.reservationId ?? '',
      userId: init.userId ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    if (message.reservationId) writer.tag(18).string(message.reservationId);
    if (message.userId) writer.tag(24).int64(message.userId);
  },
  decode(reader, end) {
    const message: ReleaseReservationRequest = {
      requestId: '',
      reservationId: '',
      userId: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.requestId = reader.string();
          break;
        case 18:
          message.reservationId = reader.string();
          break;
        case 24:
          message.userId = reader.int64();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The reservation released. */
export interface ReleaseReservationResponse {
  /** The reservation, released or expired. */
  reservation: Reservation | undefined;
}

export const ReleaseReservationResponse: MessageType<ReleaseReservationResponse> = {
  name: 'ecommerce.ReleaseReservationResponse',
  create(init) {
    return {
      reservation: init.reservation && Reservation.create(init.reservation),
    };
  },
  encode(message, writer) {
    if (message.reservation !== undefined) {
      const start = writer.open(10);
      Reservation.encode(message.reservation, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: ReleaseReservationResponse = {
      reservation: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.reservation = Reservation.decode(reader, reader.open());
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
export interface ImportStockRequest {
  /**
   * Unique per caller and import, 1 to 200 characters; needed in the first message, ignored in later ones.
   * A repeat of a finished import returns its answer and stores nothing.
   */
  requestId: string;
  /** Up to 1,000 lines. A bad line is reported and never fails the others. */
  lines: StockLine[];
}

export const ImportStockRequest: MessageType<ImportStockRequest> = {
  name: 'ecommerce.ImportStockRequest',
  create(init) {
    return {
      requestId: init.requestId ?? '',
      lines: init.lines?.map((item) => StockLine.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    if (message.requestId) writer.tag(10).string(message.requestId);
    for (const item of message.lines ?? []) {
      const start = writer.open(18);
      StockLine.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: ImportStockRequest = {
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
          message.lines.push(StockLine.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One line of an import of stock. */
export interface StockLine {
  /** Number of the line in the sender's file, counted from 1. */
  line: bigint;
  /** The product, which must exist. */
  productId: bigint;
  /** The warehouse, which must exist. */
  warehouseId: string;
  /** Pieces that can be reserved from now on, 0 to 10^9; pieces held by reservations are not among them. */
  available: number;
}

export const StockLine: MessageType<StockLine> = {
  name: 'ecommerce.StockLine',
  create(init) {
    return {
      line: init.line ?? 0n,
      productId: init.productId ?? 0n,
      warehouseId: init.warehouseId ?? '',
      available: init.available ?? 0,
    };
  },
  encode(message, writer) {
    if (message.line) writer.tag(8).int64(message.line);
    if (message.productId) writer.tag(16).int64(message.productId);
    if (message.warehouseId) writer.tag(26).string(message.warehouseId);
    if (isSet(message.available)) writer.tag(32).int32(message.available);
  },
  decode(reader, end) {
    const message: StockLine = {
      line: 0n,
      productId: 0n,
      warehouseId: '',
      available: 0,
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
          message.warehouseId = reader.string();
          break;
        case 32:
          message.available = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The end of an import of stock. */
export interface ImportStockResponse {
  /** Counts and first errors. */
  summary: ImportSummary | undefined;
}

export const ImportStockResponse: MessageType<ImportStockResponse> = {
  name: 'ecommerce.ImportStockResponse',
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
    const message: ImportStockResponse = {
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

/** The catalogue and the stock of five warehouses; products come with the price their reader would pay. */
export const InventoryService = {
  name: 'ecommerce.InventoryService',
  serviceConfig,
  methods: {
    /** One product with price and stock for a user and a currency. NOT_FOUND for an unknown product. */
    getProduct: {
      name: 'GetProduct',
      path: '/ecommerce.InventoryService/GetProduct',
      kind: 'unary',
      request: GetProductRequest,
      response: GetProductResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /** A page of products in the order of their ids, with price and stock for a user and a currency. */
    listProducts: {
      name: 'ListProducts',
      path: '/ecommerce.InventoryService/ListProducts',
      kind: 'unary',
      request: ListProductsRequest,
      response: ListProductsResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /** The stock of one product, in one warehouse or in all. NOT_FOUND for an unknown product or warehouse. */
    getStock: {
      name: 'GetStock',
      path: '/ecommerce.InventoryService/GetStock',
      kind: 'unary',
      request: GetStockRequest,
      response: GetStockResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /**
     * Price and stock of one product: the present state at once (reason "snapshot"), then each new state.
     * A state is whole; after a break the stream starts again from a snapshot.
     */
    watchProduct: {
      name: 'WatchProduct',
      path: '/ecommerce.InventoryService/WatchProduct',
      kind: 'serverStream',
      request: WatchProductRequest,
      response: WatchProductResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /**
     * Takes pieces out of the available stock and holds them for a user until `expires_at_ms`.
     * FAILED_PRECONDITION where no warehouse (or not the one named) has that many.
     */
    reserveStock: {
      name: 'ReserveStock',
      path: '/ecommerce.InventoryService/ReserveStock',
      kind: 'unary',
      request: ReserveStockRequest,
      response: ReserveStockResponse,
      idempotency: 'IDEMPOTENT',
    },
    /** Makes a held reservation final. FAILED_PRECONDITION where it was released or has expired. */
    confirmReservation: {
      name: 'ConfirmReservation',
      path: '/ecommerce.InventoryService/ConfirmReservation',
      kind: 'unary',
      request: ConfirmReservationRequest,
      response: ConfirmReservationResponse,
      idempotency: 'IDEMPOTENT',
    },
    /** Gives a held reservation's pieces back. FAILED_PRECONDITION where it was confirmed. */
    releaseReservation: {
      name: 'ReleaseReservation',
      path: '/ecommerce.InventoryService/ReleaseReservation',
      kind: 'unary',
      request: ReleaseReservationRequest,
      response: ReleaseReservationResponse,
      idempotency: 'IDEMPOTENT',
    },
    /** Sets many stocks: a stream of chunks of lines in, one summary out. Each chunk is stored as it comes. */
    importStock: {
      name: 'ImportStock',
      path: '/ecommerce.InventoryService/ImportStock',
      kind: 'clientStream',
      request: ImportStockRequest,
      response: ImportStockResponse,
      idempotency: 'IDEMPOTENT',
    },
  },
} as const;
