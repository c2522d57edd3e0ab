import { expect, test } from 'vitest';
import { statementName } from './statement-name.ts';

test.each([
  ['SELECT products', 'select product_id, name from products where category = $1'],
  ['SELECT prices', 'select extract(epoch from now()), price from prices'],
  ['SELECT products', 'select array(select w.id from warehouses w where w.id in ($1)) from products p'],
  ['SELECT', 'select 1 from (select 1 from prices) as p'],
  ['SELECT', 'select 1 from unnest($1) as asked (id) cross join lateral (select 1 from prices) as price'],
  ['SELECT prices', 'select 1 from unnest($1::bigint[]) as wanted (id) left join prices using (id)'],
  ['SELECT', 'select price from unnest($1::bigint[]) as wanted (product_id)'],
  ['INSERT events', '\n  insert into events (change) values ($1)'],
  ['UPDATE stock', 'update stock set pieces = pieces - $1'],
  ['DELETE answers', 'DELETE FROM answers'],
  ['WITH mine', 'with mine as (select id from reservations) select 1 from mine'],
  ['BEGIN', 'begin'],
  ['SQL', ''],
])('%s', (name, sql) => {
  expect(statementName(sql)).toBe(name);
});
