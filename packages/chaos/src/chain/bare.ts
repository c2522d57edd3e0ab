/** A process of the chain as grpc-js alone makes it: an async handler that passes calls on, and nothing around it. */
import {
  credentials,
  Client as GrpcClient,
  Server as GrpcServer,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { decode, encode } from '@hotpath/contracts';
import { Chain, type WorkRequest, type WorkResponse } from '../generated/index.ts';

const { path, request, response } = Chain.methods.work;
const next = new GrpcClient(process.env.CHAIN_NEXT ?? '', credentials.createInsecure());

const callNext = (message: WorkRequest): Promise<WorkResponse> =>
  new Promise((resolve, reject) => {
    next.makeUnaryRequest(
      path,
      (value: WorkRequest) => encode(request, value),
      (bytes) => decode(response, bytes),
      message,
      (error, value) => (error ? reject(error) : resolve(value as WorkResponse)),
    );
  });

const server = new GrpcServer();
server.addService(
  {
    work: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value: WorkRequest) => encode(request, value),
      requestDeserialize: (bytes: Buffer) => decode(request, bytes),
      responseSerialize: (value: WorkResponse) => encode(response, value),
      responseDeserialize: (bytes: Buffer) => decode(response, bytes),
    },
  },
  {
    // Looks harmless: what the call to the next process throws has nowhere to go.
    work: async (call: ServerUnaryCall<WorkRequest, WorkResponse>, callback: sendUnaryData<WorkResponse>) =>
      callback(null, await callNext(call.request)),
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ type: 'listening', port, adminPort: 0 });
  process.send?.({ type: 'ready' });
});
process.on('disconnect', () => process.exit());
