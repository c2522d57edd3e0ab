import { callGraph } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { startGateway } from './testing/index.ts';

type Operation = {
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  security: object[];
  requestBody?: { content: Record<string, unknown> };
};
type Description = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: Record<string, object> }> };
};

async function describeApi() {
  const { url } = await startGateway();
  return (await (await fetch(`${url}/openapi.json`)).json()) as Description;
}

test('every route of the call graph is described, and all that it calls stands in the graph', async () => {
  const { openapi, paths } = await describeApi();
  expect(openapi).toMatch(/^3\.1\./);
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routes = Object.keys(callGraph).filter((name) => /^(GET|PUT|POST|DELETE) /.test(name));
  const callNobody = ['DELETE /api/sessions', 'GET /api/streams'];
  const calling = described.filter((name) => !callNobody.includes(name) && !name.includes(' /api/console/'));
  expect(calling.sort()).toEqual(routes.sort());
});

test('parameters, bodies and answers come from the schemas that check them', async () => {
  const { paths, components } = await describeApi();
  const list = paths['/api/products']?.get as Operation;
  expect(list.parameters).toContainEqual({
    name: 'pageSize',
    in: 'query',
    required: false,
    description: 'Products wanted; 50 unless given.',
    schema: { type: 'integer', minimum: 1, maximum: 200 },
  });
  expect(list.responses['200']?.content?.['application/json']?.schema).toEqual({
    $ref: '#/components/schemas/ProductPage',
  });
  const reserve = paths['/api/reservations']?.post as Operation;
  expect(reserve.parameters).toContainEqual(
    expect.objectContaining({ name: 'idempotency-key', required: true }),
  );
  expect(Object.keys(reserve.responses)).toEqual([
    '201',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '429',
    '500',
    '501',
    '503',
    '504',
  ]);
  expect(reserve.security).toEqual([{ bearer: [] }, { cookie: [] }]);
  expect(Object.keys(paths['/api/prices:import']?.post?.requestBody?.content ?? {})).toEqual([
    'application/x-ndjson',
    'text/csv',
  ]);
  expect(components.schemas.Product?.properties.price).toMatchObject({
    anyOf: [{ type: 'number', minimum: 0 }, { type: 'null' }],
  });
});

test('every reference leads somewhere', async () => {
  const description = await describeApi();
  const references = JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  const names = new Set([...references].map(([, name]) => name as string));
  expect(names.size).toBeGreaterThan(10);
  for (const name of names) expect(description.components.schemas).toHaveProperty(name);
});
