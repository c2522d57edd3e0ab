import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Pages } from '../web/build.ts';
import { isConsoleOn } from './console-on.ts';
import { Problem } from './problem.ts';
import { docsPolicy } from './security.ts';

const web = fileURLToPath(new URL('../web/', import.meta.url));
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** Swagger UI's files that the page asks for; its folder has source maps and a page of its own too. */
const swaggerFiles = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/** What the build compresses, by extension: the media types. */
const compressed: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The shop's addresses: one page, which shows what its address says. */
const shopPaths = ['/', '/cart', '/products/:id'];

/**
 * Serves the shop's pages, in development the console at /console, and the API's description at /openapi.json and, to
 * be tried out, at /docs.
 */
export function mountPages(app: Express, openapi: object): void {
  app.get('/openapi.json', (_request, response) => {
    response.json(openapi);
  });
  app.get('/docs', docsPolicy, (_request, response) => {
    response.sendFile(join(web, 'public/docs.html'));
  });
  for (const file of swaggerFiles) {
    app.get(`/docs/${file}`, (_request, response) => {
      response.sendFile(join(swaggerUi, file), { maxAge: '1h' });
    });
  }
  app.get(shopPaths, sendPage('shop', 'index.html'));
  app.get('/assets/:file', sendAsset('shop'));
  if (isConsoleOn()) {
    app.get('/console', sendPage('console', 'console.html'));
    app.get('/console/assets/:file', sendAsset('console'));
  }
  app.use(express.static(join(web, 'public'), { index: false, redirect: false }));
}

/** A page names its assets, so browsers ask each time whether it is still the same. */
function sendPage(pages: Pages, file: string) {
  const missing = new Problem(404, 'NOT_FOUND', {
    detail: 'the pages are not built: npm run build -w @hotpath/web',
  });
  return (request: Request, response: Response, next: NextFunction) =>
    sendBuilt(request, response, pages, file, 'no-cache', () => next(missing));
}

/** An asset's name changes with what is in it. */
function sendAsset(pages: Pages) {
  return (request: Request<{ file: string }>, response: Response, next: NextFunction) =>
    sendBuilt(request, response, `${pages}/assets`, request.params.file, 'max-age=31536000, immutable', next);
}

/** Sends what was built, compressed where the browser takes that, or calls `missing`. */
function sendBuilt(
  request: Pick<Request, 'acceptsEncodings'>,
  response: Response,
  folder: string,
  file: string,
  caching: string,
  missing: () => void,
): void {
  const type = compressed[extname(file)];
  const brotli = type !== undefined && request.acceptsEncodings('br') === 'br';
  const headers = {
    'Cache-Control': caching,
    ...(type && { 'Content-Type': type, Vary: 'Accept-Encoding' }),
    ...(brotli && { 'Content-Encoding': 'br' }),
  };
  const options = { root: join(web, 'dist', folder), headers, cacheControl: false };
  response.sendFile(brotli ? `${file}.br` : file, options, (error) => {
    if (error && !response.headersSent) missing();
  });
}
