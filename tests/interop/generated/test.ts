// Written by "npm run generate" from tests/interop/protos/test.proto: change that and run it again.

import serviceConfig from '../protos/test_grpc_service_config.json' with { type: 'json' };
import { Empty } from './empty.ts';
import { SimpleRequest, SimpleResponse, StreamingInputCallRequest, StreamingInputCallResponse, StreamingOutputCallRequest, StreamingOutputCallResponse } from './messages.ts';

/** A call of each kind. */
export const TestService = {
  name: 'grpc.testing.TestService',
  serviceConfig,
  methods: {
    /** Nothing for nothing. */
    emptyCall: {
      name: 'EmptyCall',
      path: '/grpc.testing.TestService/EmptyCall',
      kind: 'unary',
      request: Empty,
      response: Empty,
      idempotency: 'UNKNOWN',
    },
    /** One payload for one. */
    unaryCall: {
      name: 'UnaryCall',
      path: '/grpc.testing.TestService/UnaryCall',
      kind: 'unary',
      request: SimpleRequest,
      response: SimpleResponse,
      idempotency: 'UNKNOWN',
    },
    /** One request, then payloads as it describes. */
    streamingOutputCall: {
      name: 'StreamingOutputCall',
      path: '/grpc.testing.TestService/StreamingOutputCall',
      kind: 'serverStream',
      request: StreamingOutputCallRequest,
      response: StreamingOutputCallResponse,
      idempotency: 'UNKNOWN',
    },
    /** Payloads, then their size. */
    streamingInputCall: {
      name: 'StreamingInputCall',
      path: '/grpc.testing.TestService/StreamingInputCall',
      kind: 'clientStream',
      request: StreamingInputCallRequest,
      response: StreamingInputCallResponse,
      idempotency: 'UNKNOWN',
    },
    /** For each request, as it comes, the payloads that it describes. */
    fullDuplexCall: {
      name: 'FullDuplexCall',
      path: '/grpc.testing.TestService/FullDuplexCall',
      kind: 'bidi',
      request: StreamingOutputCallRequest,
      response: StreamingOutputCallResponse,
      idempotency: 'UNKNOWN',
    },
    /** No server has it. */
    unimplementedCall: {
      name: 'UnimplementedCall',
      path: '/grpc.testing.TestService/UnimplementedCall',
      kind: 'unary',
      request: Empty,
      response: Empty,
      idempotency: 'UNKNOWN',
    },
  },
} as const;

/** No server has it. */
export const UnimplementedService = {
  name: 'grpc.testing.UnimplementedService',
  serviceConfig,
  methods: {
    /** No server has it. */
    unimplementedCall: {
      name: 'UnimplementedCall',
      path: '/grpc.testing.UnimplementedService/UnimplementedCall',
      kind: 'unary',
      request: Empty,
      response: Empty,
      idempotency: 'UNKNOWN',
    },
  },
} as const;
