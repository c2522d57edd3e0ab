import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** Everything from this server only, and nothing embeds its pages. */
const sources = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

/** Headers that make browsers careful (helmet), with a strict content security policy. */
export const securityHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: sources },
  xFrameOptions: { action: 'deny' },
});

/** The policy of /docs: Swagger UI styles its elements in place and has its pictures in data: URLs. */
export const docsPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    ...sources,
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
  },
});

/** Headers that mean something inside the cluster: an identity from the mesh, gRPC's own, faults to inject. */
const internal = /^(l5d-|grpc-|x-envoy-fault-)/;

/** Takes headers out that only the inside may set, so that nothing behind can be fooled by a client's. */
export function stripInternalHeaders(
  request: IncomingMessage,
  _response: ServerResponse,
  next: () => void,
): void {
  for (const name of Object.keys(request.headers)) if (internal.test(name)) delete request.headers[name];
  next();
}
