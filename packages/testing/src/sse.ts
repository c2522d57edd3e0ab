/** One event of a text/event-stream. */
export type ServerSentEvent = { readonly id: string; readonly event: string; readonly data: string };

/** An open event stream. */
export type EventReader = AsyncGenerator<ServerSentEvent> & { readonly response: Response };

/**
 * Reads an event stream as a browser would (https://html.spec.whatwg.org/multipage/server-sent-events.html),
 * without its reconnecting. Comments are left out. Ends with the stream, or by `signal`.
 */
export async function readEvents(
  url: string,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<EventReader> {
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: signal ?? null,
  });
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return Object.assign(parse(response.body), { response });
}

async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let rest = '';
  for await (const text of body.pipeThrough<string>(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  )) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = { id: '', event: 'message', data: '' };
      for (const line of block.split('\n')) {
        const [, field, value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
        if (field === 'data') event.data += value;
        else if (field === 'id' || field === 'event') event[field] = value;
      }
      if (event.data !== '') yield event;
    }
  }
}
