// Written by "npm run generate" from tests/interop/protos/messages.proto: change that and run it again.

import { isSet, type MessageType } from '@hotpath/contracts';

/** What a payload's bytes are. */
export const PayloadType = {
  /** Zeros. */
  COMPRESSABLE: 0,
} as const;
export type PayloadType = (typeof PayloadType)[keyof typeof PayloadType];

/** Some bytes. */
export interface Payload {
  /** What they are. */
  type: PayloadType;
  /** The bytes. */
  body: Uint8Array;
}

export const Payload: MessageType<Payload> = {
  name: 'grpc.testing.Payload',
  create(init) {
    return {
      type: init.type ?? 0,
      body: init.body ?? new Uint8Array(),
    };
  },
  encode(message, writer) {
    if (isSet(message.type)) writer.tag(8).int32(message.type);
    if (message.body?.length) writer.tag(18).bytes(message.body);
  },
  decode(reader, end) {
    const message: Payload = {
      type: 0,
      body: new Uint8Array(),
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.type = reader.int32() as PayloadType;
          break;
        case 18:
          message.body = reader.bytes();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** A status that the server is to answer with. */
export interface EchoStatus {
  /** gRPC status code. */
  code: number;
  /** Its message. */
  message: string;
}

export const EchoStatus: MessageType<EchoStatus> = {
  name: 'grpc.testing.EchoStatus',
  create(init) {
    return {
      code: init.code ?? 0,
      message: init.message ?? '',
    };
  },
  encode(message, writer) {
    if (isSet(message.code)) writer.tag(8).int32(message.code);
    if (message.message) writer.tag(18).string(message.message);
  },
  decode(reader, end) {
    const message: EchoStatus = {
      code: 0,
      message: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.code = reader.int32();
          break;
        case 18:
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

/** Asks for one payload. */
export interface SimpleRequest {
  /** What it is to be. */
  responseType: PayloadType;
  /** Its size, bytes. */
  responseSize: number;
  /** Sent along. */
  payload: Payload | undefined;
  /** The status to answer with instead. */
  responseStatus: EchoStatus | undefined;
  /** Whether the answer is to name its server. */
  fillServerId: boolean;
}

export const SimpleRequest: MessageType<SimpleRequest> = {
  name: 'grpc.testing.SimpleRequest',
  create(init) {
    return {
      responseType: init.responseType ?? 0,
      responseSize: init.responseSize ?? 0,
      payload: init.payload && Payload.create(init.payload),
      responseStatus: init.responseStatus && EchoStatus.create(init.responseStatus),
      fillServerId: init.fillServerId ?? false,
    };
  },
  encode(message, writer) {
    if (isSet(message.responseType)) writer.tag(8).int32(message.responseType);
    if (isSet(message.responseSize)) writer.tag(16).int32(message.responseSize);
    if (message.payload !== undefined) {
      const start = writer.open(26);
      Payload.encode(message.payload, writer);
      writer.close(start);
    }
    if (message.responseStatus !== undefined) {
      const start = writer.open(58);
      EchoStatus.encode(message.responseStatus, writer);
      writer.close(start);
    }
    if (message.fillServerId) writer.tag(72).bool(message.fillServerId);
  },
  decode(reader, end) {
    const message: SimpleRequest = {
      responseType: 0,
      responseSize: 0,
      payload: undefined,
      responseStatus: undefined,
      fillServerId: false,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.responseType = reader.int32() as PayloadType;
          break;
        case 16:
          message.responseSize = reader.int32();
          break;
        case 26:
          message.payload = Payload.decode(reader, reader.open());
          break;
        case 58:
          message.responseStatus = EchoStatus.decode(reader, reader.open());
          break;
        case 72:
          message.fillServerId = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One payload. */
export interface SimpleResponse {
  /** The payload. */
  payload: Payload | undefined;
  /** The same for all answers of a server, different for every other. */
  serverId: string;
}

export const SimpleResponse: MessageType<SimpleResponse> = {
  name: 'grpc.testing.SimpleResponse',
  create(init) {
    return {
      payload: init.payload && Payload.create(init.payload),
      serverId: init.serverId ?? '',
    };
  },
  encode(message, writer) {
    if (message.payload !== undefined) {
      const start = writer.open(10);
      Payload.encode(message.payload, writer);
      writer.close(start);
    }
    if (message.serverId) writer.tag(34).string(message.serverId);
  },
  decode(reader, end) {
    const message: SimpleResponse = {
      payload: undefined,
      serverId: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.payload = Payload.decode(reader, reader.open());
          break;
        case 34:
          message.serverId = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One payload of a client's stream. */
export interface StreamingInputCallRequest {
  /** The payload. */
  payload: Payload | undefined;
}

export const StreamingInputCallRequest: MessageType<StreamingInputCallRequest> = {
  name: 'grpc.testing.StreamingInputCallRequest',
  create(init) {
    return {
      payload: init.payload && Payload.create(init.payload),
    };
  },
  encode(message, writer) {
    if (message.payload !== undefined) {
      const start = writer.open(10);
      Payload.encode(message.payload, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: StreamingInputCallRequest = {
      payload: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.payload = Payload.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The end of a client's stream. */
export interface StreamingInputCallResponse {
  /** Bytes of all payloads together. */
  aggregatedPayloadSize: number;
}

export const StreamingInputCallResponse: MessageType<StreamingInputCallResponse> = {
  name: 'grpc.testing.StreamingInputCallResponse',
  create(init) {
    return {
      aggregatedPayloadSize: init.aggregatedPayloadSize ?? 0,
    };
  },
  encode(message, writer) {
    if (isSet(message.aggregatedPayloadSize)) writer.tag(8).int32(message.aggregatedPayloadSize);
  },
  decode(reader, end) {
    const message: StreamingInputCallResponse = {
      aggregatedPayloadSize: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.aggregatedPayloadSize = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Describes one payload of a server's stream. */
export interface ResponseParameters {
  /** Its size, bytes. */
  size: number;
}

export const ResponseParameters: MessageType<ResponseParameters> = {
  name: 'grpc.testing.ResponseParameters',
  create(init) {
    return {
      size: init.size ?? 0,
    };
  },
  encode(message, writer) {
    if (isSet(message.size)) writer.tag(8).int32(message.size);
  },
  decode(reader, end) {
    const message: ResponseParameters = {
      size: 0,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.size = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for a stream of payloads. */
export interface StreamingOutputCallRequest {
  /** What they are to be. */
  responseType: PayloadType;
  /** One for each payload. */
  responseParameters: ResponseParameters[];
  /** Sent along. */
  payload: Payload | undefined;
  /** The status to end with instead. */
  responseStatus: EchoStatus | undefined;
}

export const StreamingOutputCallRequest: MessageType<StreamingOutputCallRequest> = {
  name: 'grpc.testing.StreamingOutputCallRequest',
  create(init) {
    return {
      responseType: init.responseType ?? 0,
      responseParameters: init.responseParameters?.map((item) => ResponseParameters.create(item)) ?? [],
      payload: init.payload && Payload.create(init.payload),
      responseStatus: init.responseStatus && EchoStatus.create(init.responseStatus),
    };
  },
  encode(message, writer) {
    if (isSet(message.responseType)) writer.tag(8).int32(message.responseType);
    for (const item of message.responseParameters ?? []) {
      const start = writer.open(18);
      ResponseParameters.encode(item, writer);
      writer.close(start);
    }
    if (message.payload !== undefined) {
      const start = writer.open(26);
      Payload.encode(message.payload, writer);
      writer.close(start);
    }
    if (message.responseStatus !== undefined) {
      const start = writer.open(58);
      EchoStatus.encode(message.responseStatus, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: StreamingOutputCallRequest = {
      responseType: 0,
      responseParameters: [],
      payload: undefined,
      responseStatus: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.responseType = reader.int32() as PayloadType;
          break;
        case 18:
          message.responseParameters.push(ResponseParameters.decode(reader, reader.open()));
          break;
        case 26:
          message.payload = Payload.decode(reader, reader.open());
          break;
        case 58:
          message.responseStatus = EchoStatus.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One payload of a server's stream. */
export interface StreamingOutputCallResponse {
  /** The payload. */
  payload: Payload | undefined;
}

export const StreamingOutputCallResponse: MessageType<StreamingOutputCallResponse> = {
  name: 'grpc.testing.StreamingOutputCallResponse',
  create(init) {
    return {
      payload: init.payload && Payload.create(init.payload),
    };
  },
  encode(message, writer) {
    if (message.payload !== undefined) {
      const start = writer.open(10);
      Payload.encode(message.payload, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: StreamingOutputCallResponse = {
      payload: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.payload = Payload.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};
