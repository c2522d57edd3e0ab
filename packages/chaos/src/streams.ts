import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import type { Running, Trial } from './trial.ts';

/** What a client sends first on a connection, and before each frame, bytes (RFC 9113, 3.4 and 4.1). */
const PREFACE = 24;
const FRAME_HEADER = 9;
/** The type of the frame that opens a stream: a client's calls have no trailers. */
const HEADERS = 1;

/** Streams that clients have opened. */
export type Streams = { readonly opened: number };

/** Counts streams on a proxy's wire, on connections that are made from now on: whatever either side says of them. */
export function countStreams(wire: TcpProxy): Streams {
  const streams = { opened: 0 };
  wire.meddler = () => {
    let untilFrame = PREFACE;
    let header = Buffer.alloc(0);
    const read = (bytes: Buffer): void => {
      const frame = bytes.subarray(untilFrame);
      untilFrame -= bytes.length - frame.length;
      if (frame.length === 0) return;
      const part = frame.subarray(0, FRAME_HEADER - header.length);
      header = Buffer.concat([header, part]);
      if (header.length < FRAME_HEADER) return;
      if (header[3] === HEADERS) streams.opened++;
      untilFrame = header.readUIntBE(0, 3);
      header = Buffer.alloc(0);
      read(frame.subarray(part.length));
    };
    return (bytes, sender) => {
      if (sender === 'client') read(bytes);
      return bytes;
    };
  };
  return streams;
}

/** Puts a TCP proxy before a process that counts the streams to it. @returns its address, and the count */
export async function watched(
  trial: Trial,
  process: Running,
): Promise<{ readonly address: string; readonly streams: Streams }> {
  const wire = await startTcpProxy(process.address);
  trial.onClose(() => wire.close());
  return { address: wire.address, streams: countStreams(wire) };
}
