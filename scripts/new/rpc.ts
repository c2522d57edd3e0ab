import type { Draft } from './draft.ts';
import { addAfterLast, appendTo, change, changeJson } from './edits.ts';
import { capital, rpcNames } from './names.ts';
import { render } from './template.ts';

const graph = 'packages/contracts/src/call-graph.ts';

/**
 * Drafts an RPC of a service: contract, budget, handler, test, an edge from the gateway, and the table that it reads,
 * where the service has no store of that name.
 * @throws Error where there is no such service, or the name will not do
 */
export function draftRpc(draft: Draft, service: string, name: string): void {
  const folder = `services/${service}`;
  const proto = `protos/${service}.proto`;
  if (!/^[a-z0-9]+$/.test(service) || !draft.has(`${folder}/src/service.ts`) || !draft.has(proto)) {
    const services = draft.list('services').filter((one) => draft.has(`protos/${one}.proto`));
    throw new Error(`there is no service ${service}: there are ${services.join(', ')}`);
  }
  const Service = capital(service);
  const names = rpcNames(draft, name);
  const words = { service, Service, ...names };
  const { rpc, file, noun, Noun, table } = names;

  const store = `${folder}/src/store-${noun}.ts`;
  const hasStore = draft.has(store);
  if (hasStore && !draft.read(store).includes(`function find${Noun}(`)) {
    throw new Error(`${store} is there and has no find${Noun}: take another name for what ${name} is about`);
  }
  appendTo(draft, proto, new RegExp(`^service ${Service}Service \\{$`), render('rpc/rpc.proto', words));
  draft.write(proto, draft.read(proto) + render('rpc/messages.proto', words));
  changeJson<{ methodConfig: unknown[] }>(
    draft,
    `protos/${service}_grpc_service_config.json`,
    ({ methodConfig }) => methodConfig.push(JSON.parse(render('rpc/method_config.json', words))),
  );
  draft.add(`${folder}/src/rpcs/${file}.ts`, render('rpc/rpc.ts', words));
  draft.add(`${folder}/src/rpcs/${file}.test.ts`, render('rpc/rpc.test.ts', words));
  const implementation = `${folder}/src/service.ts`;
  addAfterLast(draft, implementation, /^import .*;$/, `import { ${rpc} } from './rpcs/${file}.ts';`);
  appendTo(draft, implementation, /^ +return implement\(/, `    ${rpc}: ${rpc}(db),`);
  const queries = `${folder}/src/queries.test.ts`;
  appendTo(draft, queries, /^ {4}return \{$/, `      ${rpc}: () => client.${rpc}({ id: 70n }),`);
  if (!hasStore) {
    draft.add(store, render('rpc/store.ts', words));
    draft.add(migrationIn(draft, folder, table), render('rpc/migration.sql', words));
    change(draft, queries, /(\n {2}contents: `)([^`]*?)( *`,)/, (_, head, contents, end) => {
      const before = contents?.trimEnd();
      const rows = render('rpc/contents', words).trimEnd();
      return `${head}${before ? `${before};` : ''}\n${rows}${end?.trim()}`;
    });
  }
  const imported = `import { ${Service}Service } from './generated/${service}.ts';`;
  if (!draft.read(graph).includes(imported)) addAfterLast(draft, graph, /^import .*;$/, imported);
  appendTo(draft, graph, /^export const callGraph\b/, render('rpc/edge', words));
}

/** The file of a new table. @throws Error where there is one of that name */
function migrationIn(draft: Draft, folder: string, table: string): string {
  const files = draft.list(`${folder}/migrations`);
  const made = files.find((file) =>
    new RegExp(`create table (if not exists )?${table}\\b`, 'i').test(
      draft.read(`${folder}/migrations/${file}`),
    ),
  );
  if (made) throw new Error(`${folder} has a table ${table} already (migrations/${made}): take another name`);
  const last = Math.max(0, ...files.map((file) => Number.parseInt(file, 10)));
  return `${folder}/migrations/${String(last + 1).padStart(4, '0')}_${table}.sql`;
}
