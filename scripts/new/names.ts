import type { Draft } from './draft.ts';

/** Names that other things in the cluster, in the kit or in the settings have. */
const taken = [
  ...['admin', 'collector', 'common', 'everyone', 'grafana', 'grpc', 'health', 'jaeger', 'postgres'],
  ...['prometheus', 'stranger', 'tools', 'traces'],
];

/** SQL's reserved words in PostgreSQL. Source: https://www.postgresql.org/docs/current/sql-keywords-appendix.html */
const reserved = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate ' +
    'collation column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for ' +
    'foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral ' +
    'leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps ' +
    'placing primary references returning right select session_user similar some symmetric system_user table ' +
    'tablesample then to trailing true union unique user using variadic verbose when where window with'
  ).split(' '),
);

/** `reviews` -> `Reviews`. */
export const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** @throws Error that says what is wrong with the name of a new service, and what would do */
export function checkServiceName(draft: Draft, name: string): void {
  if (!/^[a-z][a-z0-9]{1,29}$/.test(name)) {
    throw new Error(
      `"${name}" is no name of a service: it names a process, its database and its settings, so it is one word of 2 to ` +
        '30 lower-case letters and digits, such as reviews',
    );
  }
  const has = [`services/${name}`, `packages/${name}`, name, `protos/${name}.proto`].find(draft.has);
  if (has) throw new Error(`the name ${name} is taken: there is ${has}`);
  if (taken.includes(name))
    throw new Error(`the name ${name} is taken: something beside the services has it`);
}

/** The names that an RPC brings along. */
export type RpcNames = {
  /** In protos: `GetReview`. */
  readonly Rpc: string;
  /** In TypeScript: `getReview`. */
  readonly rpc: string;
  /** Of its file: `get-review`. */
  readonly file: string;
  /** What it is about, in TypeScript: `Review`. */
  readonly Noun: string;
  /** The same in a file's name: `review`. */
  readonly noun: string;
  /** The same as a table. */
  readonly table: string;
};

/** @throws Error that says what is wrong with the name of a new RPC, and what would do */
export function rpcNames(draft: Draft, name: string): RpcNames {
  if (!/^[A-Z][a-z0-9]+([A-Z][a-z0-9]*)+$/.test(name) || name.length > 50) {
    throw new Error(`"${name}" is no name of an RPC: it is a verb and what it is about, such as GetReview`);
  }
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').split('-');
  const file = words.join('-').toLowerCase();
  const rpc = name.charAt(0).toLowerCase() + name.slice(1);
  const noun = words.slice(1).join('-').toLowerCase();
  const table = noun.replaceAll('-', '_');
  if (rpc in {}) throw new Error(`the name ${name} is taken: every object in JavaScript has a ${rpc}`);
  for (const proto of draft.list('protos').filter((one) => one.endsWith('.proto'))) {
    const declared = new RegExp(`^(message|enum) (${name}(Request|Response))\\b|^ +rpc ${name}\\(`, 'm');
    const [, , message] = declared.exec(draft.read(`protos/${proto}`)) ?? [];
    if (declared.test(draft.read(`protos/${proto}`))) {
      throw new Error(`the name ${name} is taken: protos/${proto} has ${message ?? `an RPC ${name}`}`);
    }
  }
  if (reserved.has(table)) {
    throw new Error(`${name} would have a table ${table}, which is a word of SQL: try ${name}s`);
  }
  return { Rpc: name, rpc, file, Noun: words.slice(1).join(''), noun, table };
}
