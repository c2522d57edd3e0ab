import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Server as GrpcServer, getChannelzHandlers, getChannelzServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { z } from 'zod';

/**
 * What a server tells of itself. Both are off unless switched on, since they show callers what there is to
 * attack and who is connected.
 */
export const inspectionSettings = {
  /** grpc.reflection v1 and v1alpha: the services and messages, for tools such as grpcurl. */
  GRPC_REFLECTION: z.stringbool().default(false),
  /** grpc.channelz.v1: servers, channels, connections and their counts. */
  GRPC_CHANNELZ: z.stringbool().default(false),
} as const;

/**
 * Serves reflection (v1 and v1alpha).
 * @param protos the folder of the .proto files
 * @param services the full names of those to list
 * Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function addReflection(server: GrpcServer, protos: URL, services: string[]): void {
  const folder = fileURLToPath(protos);
  const files = readdirSync(folder).filter((name) => name.endsWith('.proto'));
  new ReflectionService(loadSync(files, { includeDirs: [folder], keepCase: true }), { services }).addToServer(
    server,
  );
}

/**
 * Serves channelz.
 * Source: https://github.com/grpc/proposal/blob/master/A14-channelz.md
 */
export function addChannelz(server: GrpcServer): void {
  server.addService(getChannelzServiceDefinition(), getChannelzHandlers());
}
