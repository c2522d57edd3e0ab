import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalogue } from '../cdk8s/src/catalogue.ts';
import { type Draft, draftOf } from './new/draft.ts';
import { addAfterLast, appendTo, change } from './new/edits.ts';
import { draftRpc } from './new/rpc.ts';
import { draftService } from './new/service.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const service = (name: string, rpc = 'GetRating') => draftService(draftOf(root), name, rpc, catalogue);
const rpc = (of: string, name: string) => draftRpc(draftOf(root), of, name);

test.each([
  ['gift-cards', /"gift-cards" is no name of a service: .* such as reviews/],
  ['Reviews', /no name of a service/],
  ['../x', /no name of a service/],
  ['user', /taken: there is services\/user/],
  ['rpc', /taken: there is packages\/rpc/],
  ['common', /taken: there is protos\/common\.proto/],
  ['postgres', /taken: something beside the services has it/],
])('a service is not called %s', (name, why) => {
  expect(() => service(name)).toThrow(why);
});

test.each([
  ['user', 'getRating', /"getRating" is no name of an RPC: .* such as GetReview/],
  ['user', 'Get', /no name of an RPC/],
  ['user', 'Get-Rating', /no name of an RPC/],
  ['user', 'ToString', /every object in JavaScript has a toString/],
  ['user', 'GetUser', /taken: protos\/user\.proto has an RPC GetUser/],
  ['pricing', 'GetUser', /taken: protos\/user\.proto has/],
  ['user', 'FindUser', /would have a table user, which is a word of SQL: try FindUsers/],
  ['user', 'FindUsers', /has a table users already \(migrations\/0001_users\.sql\)/],
  ['pricing', 'CountPrices', /store-prices\.ts is there and has no findPrices/],
  ['nobody', 'GetRating', /no service nobody: there are inventory, pricing, user/],
  ['../user', 'GetRating', /no service/],
])('%s gets no RPC called %s', (of, name, why) => {
  expect(() => rpc(of, name)).toThrow(why);
});

test('a service takes the next free ports, a second RPC of the same table its store', () => {
  const draft = draftOf(root);
  draftService(draft, 'reviews', 'GetReviews', [
    ...catalogue,
    { port: { name: 'grpc', number: 50_060 }, adminPort: 9079 },
  ]);
  expect(draft.read('services/reviews/src/main.ts')).toMatch(/port: 50_061,\n {2}adminPort: 9081,/); // 9080 is taken
  const files = draft.changed.size;
  draftRpc(draft, 'reviews', 'ListReviews');
  expect(draft.changed.size).toBe(files + 2); // the RPC and its test
  draftRpc(draft, 'reviews', 'GetRating');
  expect(draft.has('services/reviews/migrations/0002_rating.sql')).toBe(true);
});

const edits: readonly [string, (draft: Draft) => void][] = [
  ['appendTo', (draft) => appendTo(draft, 'package.json', /^nowhere/, 'x')],
  ['addAfterLast', (draft) => addAfterLast(draft, 'package.json', /^nowhere/, 'x')],
  ['change', (draft) => change(draft, 'package.json', /^nowhere/, () => 'x')],
];

test.each(edits)('%s says so where it does not find its place', (_, edit) => {
  const draft = draftOf(root);
  expect(() => edit(draft)).toThrow('package.json has nothing like /^nowhere/');
  expect(draft.changed.size).toBe(0);
});
