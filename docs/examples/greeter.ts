import { createServer } from 'node:http';

// A service like yours: it asks its backend, where it has one, and does not wait longer than TIMEOUT_MS.
const { PORT, BACKEND, TIMEOUT_MS } = process.env;

createServer(async (_request, response) => {
  try {
    const signal = AbortSignal.timeout(Number(TIMEOUT_MS));
    response.end(BACKEND ? await (await fetch(`http://${BACKEND}`, { signal })).text() : 'hello');
  } catch {
    response.writeHead(504).end();
  }
}).listen(Number(PORT), '127.0.0.1');
