import protobuf from 'protobufjs/light.js';

/** Machine-readable parts of an error: a subset of google.rpc's error details. */
export type ErrorDetails = {
  /** Which fields of the request are wrong, named as in the proto. */
  readonly badRequest?: {
    readonly fieldViolations: readonly { readonly field: string; readonly description: string }[];
  };
  /** The reason as a constant ("OUT_OF_STOCK"), who defines it, and facts about it. */
  readonly errorInfo?: {
    readonly reason: string;
    readonly domain: string;
    readonly metadata: Readonly<Record<string, string>>;
  };
  /** When to come again, ms from now. */
  readonly retryInfo?: { readonly retryDelayMs: number };
};

// Source: https://github.com/googleapis/googleapis/tree/master/google/rpc (status.proto, error_details.proto)
const descriptor: object = {
  nested: {
    Status: {
      fields: {
        code: { type: 'int32', id: 1 },
        message: { type: 'string', id: 2 },
        details: { rule: 'repeated', type: 'Any', id: 3 },
      },
    },
    Any: { fields: { typeUrl: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
    BadRequest: { fields: { fieldViolations: { rule: 'repeated', type: 'FieldViolation', id: 1 } } },
    FieldViolation: { fields: { field: { type: 'string', id: 1 }, description: { type: 'string', id: 2 } } },
    ErrorInfo: {
      fields: {
        reason: { type: 'string', id: 1 },
        domain: { type: 'string', id: 2 },
        metadata: { keyType: 'string', type: 'string', id: 3 },
      },
    },
    RetryInfo: { fields: { retryDelay: { type: 'Duration', id: 1 } } },
    Duration: { fields: { seconds: { type: 'int32', id: 1 }, nanos: { type: 'int32', id: 2 } } },
  },
};
const google = protobuf.Root.fromJSON(descriptor);
const Status = google.lookupType('Status');
const types = {
  BadRequest: google.lookupType('BadRequest'),
  ErrorInfo: google.lookupType('ErrorInfo'),
  RetryInfo: google.lookupType('RetryInfo'),
};
const PREFIX = 'type.googleapis.com/google.rpc.';

/** The `grpc-status-details-bin` of an error, a google.rpc.Status; undefined where there are no details. */
export function toDetailsBytes(code: number, message: string, details: ErrorDetails): Buffer | undefined {
  const any: { typeUrl: string; value: Uint8Array }[] = [];
  const add = (name: keyof typeof types, fields: object) =>
    any.push({ typeUrl: PREFIX + name, value: types[name].encode(types[name].create(fields)).finish() });
  if (details.badRequest) add('BadRequest', details.badRequest);
  if (details.errorInfo) add('ErrorInfo', details.errorInfo);
  if (details.retryInfo) {
    const seconds = Math.floor(details.retryInfo.retryDelayMs / 1000);
    const nanos = Math.round((details.retryInfo.retryDelayMs % 1000) * 1e6);
    add('RetryInfo', { retryDelay: { seconds, nanos } });
  }
  if (any.length === 0) return undefined;
  return Buffer.from(Status.encode(Status.create({ code, message, details: any })).finish());
}

/** The details in a `grpc-status-details-bin`; none where it cannot be read: they only add to the status. */
export function fromDetailsBytes(bytes: Uint8Array): ErrorDetails {
  try {
    const status = Status.toObject(Status.decode(bytes), { arrays: true, defaults: true });
    let details: ErrorDetails = {};
    for (const { typeUrl, value } of status.details) {
      const name = typeUrl.slice(PREFIX.length) as keyof typeof types;
      if (!typeUrl.startsWith(PREFIX) || !Object.hasOwn(types, name)) continue;
      const fields = types[name].toObject(types[name].decode(value), {
        arrays: true,
        objects: true,
        defaults: true,
      });
      if (name === 'BadRequest')
        details = { ...details, badRequest: fields as ErrorDetails['badRequest'] & {} };
      if (name === 'ErrorInfo') details = { ...details, errorInfo: fields as ErrorDetails['errorInfo'] & {} };
      if (name === 'RetryInfo') {
        const { seconds, nanos } = fields.retryDelay ?? { seconds: 0, nanos: 0 };
        details = { ...details, retryInfo: { retryDelayMs: seconds * 1000 + nanos / 1e6 } };
      }
    }
    return details;
  } catch {
    return {};
  }
}
