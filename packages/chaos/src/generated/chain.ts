// Written by "npm run generate" from packages/chaos/protos/chain.proto: change that and run it again.

import serviceConfig from '../../protos/chain_grpc_service_config.json' with { type: 'json' };
import { isSet, type MessageType } from '@hotpath/contracts';

/** Asks for work. */
export interface WorkRequest {
  /** What the runner knows it by. */
  id: string;
}

export const WorkRequest: MessageType<WorkRequest> = {
  name: 'hotpath.chaos.WorkRequest',
  create(init) {
    return {
      id: init.id ?? '',
    };
  },
  encode(message, writer) {
    if (message.id) writer.tag(10).string(message.id);
  },
  decode(reader, end) {
    const message: WorkRequest = {
      id: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.id = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The work is done. */
export interface WorkResponse {
  /** The request's. */
  id: string;
}

export const WorkResponse: MessageType<WorkResponse> = {
  name: 'hotpath.chaos.WorkResponse',
  create(init) {
    return {
      id: init.id ?? '',
    };
  },
  encode(message, writer) {
    if (message.id) writer.tag(10).string(message.id);
  },
  decode(reader, end) {
    const message: WorkResponse = {
      id: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.id = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for ticks. */
export interface WatchRequest {
  /** How many a second, from 1 to 1000. */
  perSecond: number;
  /** Bytes of each one's payload. */
  bytes: number;
}

export const WatchRequest: MessageType<WatchRequest> = {
  name: 'hotpath.chaos.WatchRequest',
  create(init) {
    return {
      perSecond: init.perSecond ?? 0,
      bytes: init.bytes ?? 0,
    };
  },
  encode(message, writer) {
    if (isSet(message.perSecond)) writer.tag(8).int32(message.perSecond);
    if (isSet(message.bytes)) writer.tag(16).int32(message.bytes);
  },
  decode(reader, end) {
    const message: WatchRequest = {
      perSecond: 0,
      bytes: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.perSecond = reader.int32();
          break;
        case 16:
          message.bytes = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One tick. */
export interface Tick {
  /** Counted from 1, without gaps. */
  sequence: bigint;
  /** As many bytes as were asked for. */
  payload: Uint8Array;
}

export const Tick: MessageType<Tick> = {
  name: 'hotpath.chaos.Tick',
  create(init) {
    return {
      sequence: init.sequence ?? 0n,
      payload: init.payload ?? new Uint8Array(),
    };
  },
  encode(message, writer) {
    if (message.sequence) writer.tag(8).int64(message.sequence);
    if (message.payload?.length) writer.tag(18).bytes(message.payload);
  },
  decode(reader, end) {
    const message: Tick = {
      sequence: 0n,
      payload: new Uint8Array(),
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.sequence = reader.int64();
          break;
        case 18:
          message.payload = reader.bytes();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** A process of a chain: it works, and calls the next one for the same. */
export const Chain = {
  name: 'hotpath.chaos.Chain',
  serviceConfig,
  methods: {
    /** Works for a while, here and down the chain. */
    work: {
      name: 'Work',
      path: '/hotpath.chaos.Chain/Work',
      kind: 'unary',
      request: WorkRequest,
      response: WorkResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /** Ticks at a steady rate for as long as it is read. */
    watch: {
      name: 'Watch',
      path: '/hotpath.chaos.Chain/Watch',
      kind: 'serverStream',
      request: WatchRequest,
      response: Tick,
      idempotency: 'NO_SIDE_EFFECTS',
    },
  },
} as const;
