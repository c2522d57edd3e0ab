import { callGraph } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { startGateway } from '../testing/index.ts';
import { edgesOf } from './faults.ts';

test('the edges are those of the call graph, with the RPCs of each', () => {
  const edges = edgesOf(callGraph);
  const names = edges.map(({ caller, callee }) => `${caller} ${callee}`);
  expect(names).toEqual(names.toSorted());
  expect(names).toEqual(
    expect.arrayContaining(['gateway inventory', 'gateway pricing', 'inventory pricing', 'inventory user']),
  );
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
