/** How a live connection stands. */
export type Connection = 'connecting' | 'live' | 'lost';

/** A live connection that comes back by itself. */
export type Live = { close(): void };

/** What follows an event stream. */
export type EventFollower = {
  /** Gets each event of one of the names, in order and once. */
  onEvent(name: string, data: string): void;
  onState(state: Connection): void;
};

const firstPauseMs = 500;
const longestPauseMs = 8_000;

/** A pause before the next attempt, ms: longer each time, and not the same for all who were cut off at once. */
const pauseBefore = (attempt: number) =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** attempt) * (0.5 + Math.random() / 2);

/**
 * Follows server-sent events until closed. After a break the browser itself comes back with the id of the last event;
 * where the server refused it, as one does that is starting, this opens a new stream with that id in the query. While
 * the page is hidden it has none: a browser has six connections to a server for all its tabs (HTTP/1.1), and a
 * seventh tab would wait for ever. When it is shown again it is told what it missed.
 * @param path with a query already
 */
export function followEvents(
  path: string,
  names: readonly string[],
  { onEvent, onState }: EventFollower,
): Live {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId = '';
  let attempt = 0;
  const open = () => {
    onState(attempt === 0 ? 'connecting' : 'lost');
    const opened = new EventSource(lastId ? `${path}&lastEventId=${encodeURIComponent(lastId)}` : path);
    source = opened;
    opened.addEventListener('open', () => {
      attempt = 0;
      onState('live');
    });
    for (const name of names) {
      opened.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        lastId = lastEventId;
        onEvent(name, data);
      });
    }
    opened.addEventListener('error', () => {
      onState('lost');
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, pauseBefore(attempt++));
    });
  };
  const end = () => {
    clearTimeout(timer);
    source?.close();
  };
  const showOrHide = () => {
    end();
    if (document.visibilityState === 'visible') open();
  };
  document.addEventListener('visibilitychange', showOrHide);
  showOrHide();
  return {
    close() {
      document.removeEventListener('visibilitychange', showOrHide);
      end();
    },
  };
}

/** What follows a socket. */
export type SocketFollower = {
  /** Each time it opened: what the other side must know is said again. */
  onOpen(send: (message: object) => void): void;
  onMessage(message: unknown): void;
  onState(state: Connection): void;
};

/** Keeps a WebSocket of JSON messages open until closed. */
export function keepSocket(
  path: string,
  { onOpen, onMessage, onState }: SocketFollower,
): Live & {
  /** Says something, where it is open; otherwise `onOpen` will. */
  send(message: object): void;
} {
  let socket: WebSocket;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let closed = false;
  const send = (message: object) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const open = () => {
    onState(attempt === 0 ? 'connecting' : 'lost');
    socket = new WebSocket(path);
    socket.addEventListener('open', () => {
      attempt = 0;
      onState('live');
      onOpen(send);
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => onMessage(JSON.parse(data)));
    socket.addEventListener('close', () => {
      if (closed) return;
      onState('lost');
      timer = setTimeout(open, pauseBefore(attempt++));
    });
  };
  open();
  return {
    send,
    close() {
      closed = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
