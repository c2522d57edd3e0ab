import { expect, test } from 'vitest';
import { startGateway } from './testing/index.ts';

test.each([
  ['/', 'text/html'],
  ['/app.js', 'text/javascript'],
  ['/base.css', 'text/css'],
  ['/shop.css', 'text/css'],
  ['/docs', 'text/html'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript'],
  ['/docs/swagger-ui.css', 'text/css'],
  ['/openapi.json', 'application/json'],
])('%s is there', async (path, type) => {
  const { url } = await startGateway();
  const response = await fetch(url + path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain(type);
});

test('pages load nothing from elsewhere and run nothing that stands in them; only /docs may have styles so', async () => {
  const { url } = await startGateway();
  for (const path of ['/', '/docs']) {
    const response = await fetch(url + path);
    const html = await response.text();
    expect(html).not.toMatch(/(src|href)="https?:/);
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy?.includes('unsafe-inline')).toBe(path === '/docs');
    expect(policy).not.toContain('unsafe-eval');
  }
});

test.each([
  '/nothing',
  '/../src/main.ts',
  '/%2e%2e/src/main.ts',
  '/docs/index.html',
  '/docs/package.json',
  '/.env',
])('%s is 404', async (path) => {
  const { url } = await startGateway();
  const response = await fetch(url + path);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});
