import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a body may take to arrive, ms: 256 KB take 20 s at 100 kbit/s. */
const wholeBodyMs = 30_000;

/** How long a body of lines may be silent, ms; pauses of ours, while a database stores, are far shorter. */
const silenceMs = 60_000;

/** How long a client may go on sending what nobody will read, ms: time to see the answer that says so. */
const lingerMs = 5_000;

/**
 * Cuts off clients that send a body slower than anybody honest. Node's own limit holds for all requests alike,
 * and imports may take an hour.
 */
export function limitBodyTime(request: IncomingMessage, kind: 'whole' | 'lines'): void {
  if (request.complete) return;
  if (kind === 'whole') cutAfter(request, wholeBodyMs);
  else cutWhenSilent(request);
}

/** Cuts off a client that goes on sending its body after the answer: nothing reads it any more. */
export function limitLingering(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  response.once('finish', () => {
    if (!request.complete) cutAfter(request, lingerMs);
  });
  next();
}

function cutAfter(request: IncomingMessage, ms: number): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), ms);
  request.once('close', () => clearTimeout(timer));
}

function cutWhenSilent(request: IncomingMessage): void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    if (socket.bytesRead === before) socket.destroy();
    before = socket.bytesRead;
  }, silenceMs);
  request.once('close', () => clearInterval(timer));
}
