import { beforeAll, expect, test, vi } from 'vitest';
import { ensurePages } from '../web/build.ts';
import { startGateway } from './testing/index.ts';

beforeAll(() => ensurePages());

/** What a page loads from this server. */
const assetsOf = (html: string) =>
  [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path);

test.each([
  ['/', 'text/html'],
  ['/cart', 'text/html'],
  ['/products/1', 'text/html'],
  ['/console', 'text/html'],
  ['/favicon.svg', 'image/svg+xml'],
  ['/docs', 'text/html'],
  ['/docs.js', 'text/javascript'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript'],
  ['/docs/swagger-ui.css', 'text/css'],
  ['/openapi.json', 'application/json'],
])('%s is there', async (path, type) => {
  const { url } = await startGateway();
  const response = await fetch(url + path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain(type);
});

test.each(['/', '/console', '/docs'])(
  '%s loads nothing from elsewhere and runs nothing that stands in it',
  async (path) => {
    const { url } = await startGateway();
    const response = await fetch(url + path);
    const html = await response.text();
    expect(html).not.toMatch(/(src|href)="https?:/);
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy?.includes('unsafe-inline'), 'only Swagger UI styles in place').toBe(path === '/docs');
    expect(policy).not.toContain('unsafe-eval');
  },
);

test.each(['/', '/console'])('%s is asked for each time, what it loads once', async (path) => {
  const { url } = await startGateway();
  const page = await fetch(url + path);
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const assets = assetsOf(await page.text());
  expect(assets).toHaveLength(2);
  for (const asset of assets) {
    for (const encoding of ['br', 'identity']) {
      const response = await fetch(url + asset, { headers: { 'accept-encoding': encoding } });
      expect(response.headers.get('cache-control')).toContain('immutable');
      expect(response.headers.get('content-type')).toMatch(/javascript|css/);
      expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
      const text = await response.text();
      expect(text).toMatch(/^[\w:.*#(){}[\]"'/!,;@ ]/);
      expect(text, 'whoever built it, it names no folder of the builder').not.toContain('/web/src/');
    }
  }
});

test('production has no console', async () => {
  const { url: inDevelopment } = await startGateway();
  const assets = assetsOf(await (await fetch(`${inDevelopment}/console`)).text());
  vi.stubEnv('NODE_ENV', 'production');
  try {
    const { url } = await startGateway();
    for (const path of ['/console', ...assets]) expect((await fetch(url + path)).status).toBe(404);
    expect((await fetch(url)).status).toBe(200);
  } finally {
    vi.unstubAllEnvs();
  }
});

test.each([
  '/nothing',
  '/../src/main.ts',
  '/%2e%2e/src/main.ts',
  '/assets/nothing.js',
  '/assets/..%2f..%2fstamp',
  '/assets/..%2findex.html',
  '/console/assets/..%2f..%2fshop%2findex.html',
  '/docs/index.html',
  '/docs/package.json',
  '/.env',
])('%s is 404', async (path) => {
  const { url } = await startGateway();
  const response = await fetch(url + path);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});
