import type { Workload } from '../../cdk8s/src/catalogue.ts';
import type { Draft } from './draft.ts';
import { addAfterLast, appendTo, change } from './edits.ts';
import { capital, checkServiceName, rpcNames } from './names.ts';
import { draftRpc } from './rpc.ts';
import { render } from './template.ts';

const skaffold = 'skaffold.yaml';
const release = '.github/workflows/release.yml';

/** The ports of a workload, as the catalogue has them. */
export type Ports = Pick<Workload, 'port' | 'adminPort'>;

/**
 * Drafts a service with its first RPC: contract, sources, database, its entries in call graph and catalogue, and in
 * what lists workloads by hand: the lock file and, where they are there, Skaffold and the release of images.
 * @throws Error where the names will not do
 */
export function draftService(
  draft: Draft,
  name: string,
  firstRpc: string,
  workloads: readonly Ports[],
): void {
  checkServiceName(draft, name);
  const { rpc, table } = rpcNames(draft, firstRpc);
  const Service = capital(name);
  const [port, adminPort] = freePorts(workloads);
  const numeral = (value: number) => (value < 10_000 ? `${value}` : `${value}`.replace(/(?=\d{3}$)/, '_'));
  const words = { service: name, Service, rpc, table, port: numeral(port), adminPort: numeral(adminPort) };
  const folder = `services/${name}`;

  draft.add(`protos/${name}.proto`, render('service/service.proto', words));
  draft.add(`protos/${name}_grpc_service_config.json`, render('service/service_config.json', words));
  draft.add(`${folder}/package.json`, render('service/package.json', words));
  for (const file of ['main', 'migrate', 'migrations', 'seed', 'service', 'testing', 'queries.test']) {
    draft.add(`${folder}/src/${file}.ts`, render(`service/${file}.ts`, words));
  }
  appendTo(
    draft,
    'packages/contracts/src/call-graph.ts',
    /^export const processes\b/,
    `  ${name}: { retries: false },`,
  );
  const catalogue = 'cdk8s/src/catalogue.ts';
  appendTo(draft, catalogue, /^import \{$/, `  ${Service}Service,`);
  appendTo(draft, catalogue, /^export const catalogue\b/, render('service/workload', words));
  lock(draft, name);
  if (draft.has(skaffold)) draftSkaffold(draft, name, port);
  if (draft.has(release)) change(draft, release, /^( +service: \[.*)\]$/m, (_, list) => `${list}, ${name}]`);
  draftRpc(draft, name, firstRpc);
}

/** The next ones after those of the gRPC services. */
function freePorts(workloads: readonly Ports[]): [port: number, adminPort: number] {
  const services = workloads.filter(({ port }) => port.name === 'grpc');
  const taken = new Set(workloads.flatMap(({ port, adminPort }) => [port.number, adminPort]));
  const after = (ports: readonly number[]) => {
    let next = Math.max(...ports) + 1;
    while (taken.has(next)) next++;
    return next;
  };
  return [after(services.map(({ port }) => port.number)), after(services.map(({ adminPort }) => adminPort))];
}

/** Enters the workspace into npm's lock file, as npm would: `npm ci` refuses one that it does not know. */
function lock(draft: Draft, name: string): void {
  const file = 'package-lock.json';
  const whole = JSON.parse(draft.read(file)) as { packages: Record<string, object> };
  const {
    name: full,
    version,
    dependencies,
  } = JSON.parse(draft.read(`services/${name}/package.json`)) as {
    name: string;
    version: string;
    dependencies: object;
  };
  whole.packages[`node_modules/${full}`] = { resolved: `services/${name}`, link: true };
  whole.packages[`services/${name}`] = { name: full, version, dependencies };
  const sorted = Object.entries(whole.packages).sort(([one], [other]) => one.localeCompare(other, 'en'));
  draft.write(file, `${JSON.stringify({ ...whole, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}

function draftSkaffold(draft: Draft, name: string, port: number): void {
  const count = draft.read(skaffold).match(/^ {4}- image: /gm)?.length;
  addAfterLast(
    draft,
    skaffold,
    /^ {6}docker: \{target: service,/,
    `    - image: hotpath/${name}\n      docker: {target: service, buildArgs: {SERVICE: ${name}}}`,
  );
  addAfterLast(
    draft,
    skaffold,
    /^ {2}- \{resourceType: service,/,
    `  - {resourceType: service, resourceName: ${name}, namespace: hotpath, port: ${port}, localPort: ${port}}`,
  );
  for (const [field, patch] of [
    ['docker/target', `{op: replace, path: /build/artifacts/${count}/docker/target, value: dev}`],
    ['sync', `{op: add, path: /build/artifacts/${count}/sync, value: *sources}`],
  ]) {
    addAfterLast(
      draft,
      skaffold,
      new RegExp(`^ {6}- \\{op: \\w+, path: /build/artifacts/\\d+/${field}`),
      `      - ${patch}`,
    );
  }
  const kustomization = 'skaffold/dev/kustomization.yaml';
  change(draft, kustomization, /(?<=^resources:\n)(?: {2}- .*\n)+/m, (lines) =>
    [...lines.trimEnd().split('\n'), `  - ../../k8s/local-mtls/${name}.yaml`].sort().join('\n').concat('\n'),
  );
}
