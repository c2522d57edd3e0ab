import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { docsPolicy } from './security.ts';

const web = fileURLToPath(new URL('../web/', import.meta.url));
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** Swagger UI's files that the page asks for; its folder has source maps and a page of its own too. */
const swaggerFiles = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/** Serves the shop's page at / and the API's description at /openapi.json and, to be tried out, at /docs. */
export function mountPages(app: Express, openapi: object): void {
  app.get('/openapi.json', (_request, response) => {
    response.json(openapi);
  });
  app.get('/docs', docsPolicy, (_request, response) => {
    response.sendFile(join(web, 'docs.html'));
  });
  for (const file of swaggerFiles) {
    app.get(`/docs/${file}`, (_request, response) => {
      response.sendFile(join(swaggerUi, file), { maxAge: '1h' });
    });
  }
  app.use(express.static(web, { index: 'index.html', redirect: false }));
}
