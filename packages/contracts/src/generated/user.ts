// Written by "npm run generate" from protos/user.proto: change that and run it again.

import serviceConfig from '../../../../protos/user_grpc_service_config.json' with { type: 'json' };
import type { MessageType } from '../codec.ts';

/** A customer or merchant. */
export interface User {
  /** The user, from 1. */
  userId: bigint;
  /** E-mail address, lower case. */
  email: string;
  /** Name for people. */
  name: string;
  /** "vip", "standard" or "wholesale". */
  segment: string;
  /** "customer" or "merchant". */
  role: string;
}

export const User: MessageType<User> = {
  name: 'ecommerce.User',
  create(init) {
    return {
      userId: init.userId ?? 0n,
      email: init.email ?? '',
      name: init.name ?? '',
      segment: init.segment ?? '',
      role: init.role ?? '',
    };
  },
  encode(message, writer) {
    if (message.userId) writer.tag(8).int64(message.userId);
    if (message.email) writer.tag(18).string(message.email);
    if (message.name) writer.tag(26).string(message.name);
    if (message.segment) writer.tag(34).string(message.segment);
    if (message.role) writer.tag(42).string(message.role);
  },
  decode(reader, end) {
    const message: User = {
      userId: 0n,
      email: '',
      name: '',
      segment: '',
      role: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.userId = reader.int64();
          break;
        case 18:
          message.email = reader.string();
          break;
        case 26:
          message.name = reader.string();
          break;
        case 34:
          message.segment = reader.string();
          break;
        case 42:
          message.role = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for one user. */
export interface GetUserRequest {
  /** The user, from 1. */
  userId: bigint;
}

export const GetUserRequest: MessageType<GetUserRequest> = {
  name: 'ecommerce.GetUserRequest',
  create(init) {
    return {
      userId: init.userId ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.userId) writer.tag(8).int64(message.userId);
  },
  decode(reader, end) {
    const message: GetUserRequest = {
      userId: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
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

/** One user. */
export interface GetUserResponse {
  /** The user. */
  user: User | undefined;
}

export const GetUserResponse: MessageType<GetUserResponse> = {
  name: 'ecommerce.GetUserResponse',
  create(init) {
    return {
      user: init.user && User.create(init.user),
    };
  },
  encode(message, writer) {
    if (message.user !== undefined) {
      const start = writer.open(10);
      User.encode(message.user, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: GetUserResponse = {
      user: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.user = User.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for a user's segment. */
export interface GetSegmentRequest {
  /** The user. 0: nobody. */
  userId: bigint;
}

export const GetSegmentRequest: MessageType<GetSegmentRequest> = {
  name: 'ecommerce.GetSegmentRequest',
  create(init) {
    return {
      userId: init.userId ?? 0n,
    };
  },
  encode(message, writer) {
    if (message.userId) writer.tag(8).int64(message.userId);
  },
  decode(reader, end) {
    const message: GetSegmentRequest = {
      userId: 0n,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
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

/** A user's segment. */
export interface GetSegmentResponse {
  /** "vip", "standard" or "wholesale". */
  segment: string;
}

export const GetSegmentResponse: MessageType<GetSegmentResponse> = {
  name: 'ecommerce.GetSegmentResponse',
  create(init) {
    return {
      segment: init.segment ?? '',
    };
  },
  encode(message, writer) {
    if (message.segment) writer.tag(10).string(message.segment);
  },
  decode(reader, end) {
    const message: GetSegmentResponse = {
      segment: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.segment = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for a session. */
export interface CreateSessionRequest {
  /** E-mail address, at most 254 characters; case does not count. */
  email: string;
  /** Password, 1 to 256 characters. */
  password: string;
}

export const CreateSessionRequest: MessageType<CreateSessionRequest> = {
  name: 'ecommerce.CreateSessionRequest',
  create(init) {
    return {
      email: init.email ?? '',
      password: init.password ?? '',
    };
  },
  encode(message, writer) {
    if (message.email) writer.tag(10).string(message.email);
    if (message.password) writer.tag(18).string(message.password);
  },
  decode(reader, end) {
    const message: CreateSessionRequest = {
      email: '',
      password: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.email = reader.string();
          break;
        case 18:
          message.password = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** A session. */
export interface CreateSessionResponse {
  /** A JWT signed with ES256 (RFC 7519): sub is the user's id, role its role, aud "hotpath". */
  token: string;
  /** When it ends, in Unix milliseconds. */
  expiresAtMs: bigint;
  /** Whose it is. */
  user: User | undefined;
}

export const CreateSessionResponse: MessageType<CreateSessionResponse> = {
  name: 'ecommerce.CreateSessionResponse',
  create(init) {
    return {
      token: init.token ?? '',
      expiresAtMs: init.expiresAtMs ?? 0n,
      user: init.user && User.create(init.user),
    };
  },
  encode(message, writer) {
    if (message.token) writer.tag(10).string(message.token);
    if (message.expiresAtMs) writer.tag(16).int64(message.expiresAtMs);
    if (message.user !== undefined) {
      const start = writer.open(26);
      User.encode(message.user, writer);
      writer.close(start);
    }
  },
  decode(reader, end) {
    const message: CreateSessionResponse = {
      token: '',
      expiresAtMs: 0n,
      user: undefined,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.token = reader.string();
          break;
        case 16:
          message.expiresAtMs = reader.int64();
          break;
        case 26:
          message.user = User.decode(reader, reader.open());
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Asks for the public keys. */
export interface GetSigningKeysRequest {
}

export const GetSigningKeysRequest: MessageType<GetSigningKeysRequest> = {
  name: 'ecommerce.GetSigningKeysRequest',
  create(_init) {
    return {
    };
  },
  encode(_message, _writer) {
  },
  decode(reader, end) {
    const message: GetSigningKeysRequest = {
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** The public keys. */
export interface GetSigningKeysResponse {
  /** A JWK Set (RFC 7517) as JSON, public halves only, the newest key first. */
  jwkSet: string;
}

export const GetSigningKeysResponse: MessageType<GetSigningKeysResponse> = {
  name: 'ecommerce.GetSigningKeysResponse',
  create(init) {
    return {
      jwkSet: init.jwkSet ?? '',
    };
  },
  encode(message, writer) {
    if (message.jwkSet) writer.tag(10).string(message.jwkSet);
  },
  decode(reader, end) {
    const message: GetSigningKeysResponse = {
      jwkSet: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          message.jwkSet = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** Who the customers are, what they pay by, and the sessions that prove it. */
export const UserService = {
  name: 'ecommerce.UserService',
  serviceConfig,
  methods: {
    /** One user. NOT_FOUND for an unknown one. */
    getUser: {
      name: 'GetUser',
      path: '/ecommerce.UserService/GetUser',
      kind: 'unary',
      request: GetUserRequest,
      response: GetUserResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /** The segment that sets a user's prices. Nobody (0) and unknown users get "standard", like a visitor. */
    getSegment: {
      name: 'GetSegment',
      path: '/ecommerce.UserService/GetSegment',
      kind: 'unary',
      request: GetSegmentRequest,
      response: GetSegmentResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
    /**
     * Checks an e-mail address and a password and signs a session. UNAUTHENTICATED where they do not fit,
     * without saying which. Sessions are signed, not stored, so asking twice gives two good ones.
     */
    createSession: {
      name: 'CreateSession',
      path: '/ecommerce.UserService/CreateSession',
      kind: 'unary',
      request: CreateSessionRequest,
      response: CreateSessionResponse,
      idempotency: 'IDEMPOTENT',
    },
    /** The public keys that verify sessions, for whoever checks them. */
    getSigningKeys: {
      name: 'GetSigningKeys',
      path: '/ecommerce.UserService/GetSigningKeys',
      kind: 'unary',
      request: GetSigningKeysRequest,
      response: GetSigningKeysResponse,
      idempotency: 'NO_SIDE_EFFECTS',
    },
  },
} as const;
