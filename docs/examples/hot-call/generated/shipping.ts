// Written by "npm run generate" from docs/examples/hot-call/protos/shipping.proto: change that and run it again.

import serviceConfig from '../protos/shipping_grpc_service_config.json' with { type: 'json' };
import { isSet, type MessageType } from '@hotpath/contracts';

/** A parcel to be shipped. */
export interface Parcel {
  /** Where to: home, near or far. */
  zone: string;
  /** How heavy it is. */
  grams: number;
}

export const Parcel: MessageType<Parcel> = {
  name: 'example.Parcel',
  create(init) {
    return {
      zone: init.zone ?? '',
      grams: init.grams ?? 0,
    };
  },
  encode(message, writer) {
    if (message.zone) writer.tag(10).string(message.zone);
    if (isSet(message.grams)) writer.tag(16).int32(message.grams);
  },
  decode(reader, end) {
    const message: Parcel = {
      zone: '',
      grams: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.zone = reader.string();
          break;
        case 16:
          message.grams = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for rates. */
export interface GetRatesRequest {
  /** At most 500. */
  parcels: Parcel[];
}

export const GetRatesRequest: MessageType<GetRatesRequest> = {
  name: 'example.GetRatesRequest',
  create(init) {
    return {
      parcels: init.parcels?.map((item) => Parcel.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    for (const item of message.parcels ?? []) {
      const start = writer.open(10);
      Parcel.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: GetRatesRequest = {
      parcels: [],
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.parcels.push(Parcel.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** What a parcel costs. */
export interface Rate {
  /** False: nothing is shipped there, and the rest says nothing. */
  known: boolean;
  /** The price in cents. */
  cents: bigint;
  /** How long it is on its way. */
  days: number;
}

export const Rate: MessageType<Rate> = {
  name: 'example.Rate',
  create(init) {
    return {
      known: init.known ?? false,
      cents: init.cents ?? 0n,
      days: init.days ?? 0,
    };
  },
  encode(message, writer) {
    if (message.known) writer.tag(8).bool(message.known);
    if (message.cents) writer.tag(16).int64(message.cents);
    if (isSet(message.days)) writer.tag(24).int32(message.days);
  },
  decode(reader, end) {
    const message: Rate = {
      known: false,
      cents: 0n,
      days: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.known = reader.bool();
          break;
        case 16:
          message.cents = reader.int64();
          break;
        case 24:
          message.days = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The rates. */
export interface GetRatesResponse {
  /** One for each parcel, in their order. */
  rates: Rate[];
}

export const GetRatesResponse: MessageType<GetRatesResponse> = {
  name: 'example.GetRatesResponse',
  create(init) {
    return {
      rates: init.rates?.map((item) => Rate.create(item)) ?? [],
    };
  },
  encode(message, writer) {
    for (const item of message.rates ?? []) {
      const start = writer.open(10);
      Rate.encode(item, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: GetRatesResponse = {
      rates: [],
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.rates.push(Rate.decode(reader, reader.open()));
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** What it costs to ship parcels. */
export const ShippingService = {
  name: 'example.ShippingService',
  serviceConfig,
  methods: {
    /** The rates for many parcels at once. */
    getRates: {
      name: 'GetRates',
      path: '/example.ShippingService/GetRates',
      kind: 'unary',
      request: GetRatesRequest,
      response: GetRatesResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
  },
} as const;
