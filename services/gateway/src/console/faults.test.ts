import { callGraph } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { startGateway } from '../testing/index.ts';
import { edgesOf } from './faults.ts';

test('the edges are those of the call graph, with the RPCs of each', () => {
  const edges = edgesOf(callGraph);
  expect(edges.map(({ caller, callee }) => `${caller} ${callee}`)).toEqual([
    'gateway inventory',
    'gateway pricing',
    'gateway user',
    'inventory pricing',
    'inventory user',
  ]);
  expect(edges.find(({ caller, callee }) => caller === 'inventory' && callee === 'user')?.rpcs).toEqual([
    '/ecommerce.UserService/GetSegment',
  ]);
});

test('without FAULTS=true there is no console', async () => {
  const { url } = await startGateway();
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect((await fetch(`${url}/api/console/faults`, { method })).status).toBe(404);
  }
});
