import { App, Chart } from 'cdk8s';
import { stringify } from 'yaml';
import { catalogue, type Workload } from '../catalogue.ts';
import type { Environment } from '../environments.ts';
import { type KubeObject, partOfShop } from '../kube.ts';
import { besideHeapMi, settingsOf, tracesConfig } from '../settings.ts';
import { filesOf, type Manifests, synthesise } from '../synthesise.ts';
import { Traces } from '../traces.ts';
import { defaults } from './values.ts';

/**
 * The chart's templates are the manifests of an environment in which texts are Helm expressions; what differs between
 * the two transports stands in an `if`. A number cannot be an expression, and a list cannot be of a length that is not
 * known yet: they have marks, which the text of the template has replaced.
 */
const marks = {
  least: 999_001,
  most: 999_002,
  network: '999.0.0.3/32',
  host: '999-0-0-4',
  tracesPort: 999_005,
};

const expression = (value: string) => `{{ ${value} }}`;

const environment = (transport: Environment['transport']): Environment => ({
  ...defaults,
  transport,
  namespace: expression('.Release.Namespace'),
  spiffeBase: expression('.Values.spiffeBase'),
  image: (name) => `${expression('.Values.image.repository')}/${name}:${expression('.Values.image.tag')}`,
  replicas: { least: marks.least, most: marks.most },
  settings: {}, // every one of them is a value
  database: { networks: [marks.network] },
  entrance: {
    hosts: [marks.host],
    gateway: {
      name: expression('.Values.entrance.gateway.name'),
      namespace: expression('.Values.entrance.gateway.namespace'),
    },
  },
  monitoring: {
    namespace: expression('.Values.monitoring.namespace'),
    serviceAccount: expression('.Values.monitoring.serviceAccount'),
  },
});

/** What turns traces on, where `traces.enabled` is true. */
function traces(transport: Environment['transport']): Manifests {
  const app = new App();
  const namespace = expression('.Release.Namespace');
  new Traces(new Chart(app, tracesConfig, { namespace, labels: partOfShop }), 'traces', {
    transport,
    service: expression('.Values.traces.service'),
    namespace: expression('.Values.traces.namespace'),
    port: marks.tracesPort,
    ratio: expression('.Values.traces.ratio'),
  });
  return filesOf(app);
}

const head = '{{- /* Written by `npm run synth` from cdk8s/: change it there. */}}\n';
const ifMesh = '{{- if eq .Values.transport "mesh" }}\n';
const otherwise = '{{- else }}\n';
const ifMtls = '{{- if eq .Values.transport "mtls" }}\n';
const end = '{{- end }}\n';

/** What a file as a whole depends on. */
const conditions: Readonly<Record<string, string>> = {
  '00-namespace.yaml': '{{- if .Values.createNamespace }}\n',
  [`${tracesConfig}.yaml`]: '{{- if .Values.traces.enabled }}\n',
};

/** The name of the ConfigMap that turns traces on: of its content where there is one, so that a change rolls the pods. */
const tracesName = `${head}{{- define "hotpath.traces" -}}
traces{{- if .Values.traces.enabled }}-{{ .Values.traces | toJson | sha256sum | trunc 10 }}{{- end }}
{{- end }}
`;

/** What no schema can say. */
const checks = `${head}{{- if gt (int .Values.replicas.least) (int .Values.replicas.most) }}
{{- fail (printf "replicas.least is %d, more than replicas.most, %d" (int .Values.replicas.least) (int .Values.replicas.most)) }}
{{- end }}
`;

/** The chart's templates by their file name. */
export function templates(): ReadonlyMap<string, string> {
  const [mesh, mtls] = [allFor('mesh'), allFor('mtls')];
  const files = [...mesh].map(([file, objects]) => {
    const others = new Map((mtls.get(file) ?? []).map((object) => [idOf(object), textOf(object, file)]));
    const both = objects.map((object) => {
      const other = others.get(idOf(object));
      others.delete(idOf(object));
      return choose(textOf(object, file), other);
    });
    const documents = [...both, ...[...others.values()].map((other) => choose(undefined, other))].join('');
    const condition = conditions[file];
    return [file, head + (condition ? condition + documents + end : documents)] as const;
  });
  return new Map([
    ...files,
    ['_settings.tpl', settingsTemplates()],
    ['_traces.tpl', tracesName],
    ['checks.yaml', checks],
  ]);
}

function allFor(transport: Environment['transport']): Manifests {
  return new Map([...synthesise(environment(transport)), ...traces(transport)]);
}

const idOf = ({ kind, metadata }: KubeObject) => `${kind} ${nameOf(metadata?.name ?? '')}`;

/** The name without the hash of a ConfigMap. */
const nameOf = (name: string) => name.replace(/-[0-9a-f]{10}$/, '');

/** One document, or where the transports' differ, both by line. */
function choose(mesh: string | undefined, mtls: string | undefined): string {
  return merge(linesIn(mesh), linesIn(mtls)).join('');
}

const linesIn = (text = '') => text.match(/.*\n/g) ?? [];

/** The lines of both, in order; those that only one has stand in an `if`. */
function merge(mesh: readonly string[], mtls: readonly string[]): readonly string[] {
  const [i, j] = nextCommon(mesh, mtls);
  const [ours, theirs] = [mesh.slice(0, i), mtls.slice(0, j)];
  const differing =
    ours.length > 0 && theirs.length > 0
      ? [ifMesh, ...ours, otherwise, ...theirs, end]
      : [
          ...(ours.length > 0 ? [ifMesh, ...ours, end] : []),
          ...(theirs.length > 0 ? [ifMtls, ...theirs, end] : []),
        ];
  const line = mesh[i];
  return line === undefined
    ? differing
    : [...differing, line, ...merge(mesh.slice(i + 1), mtls.slice(j + 1))];
}

/** Where the nearest line is that both have; their ends where there is none. */
function nextCommon(one: readonly string[], other: readonly string[]): readonly [number, number] {
  for (let skipped = 0; skipped < one.length + other.length; skipped++) {
    for (let i = 0; i <= skipped && i < one.length; i++) {
      if (one[i] === other[skipped - i]) return [i, skipped - i];
    }
  }
  return [one.length, other.length];
}

/** An object as a document of a template. */
function textOf(object: KubeObject, file: string): string {
  const workload = catalogue.find(({ name }) => file === `${name}.yaml`);
  const yaml = stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
  return `---\n${workload ? ofWorkload(workload, yaml) : yaml}`
    .replaceAll(String(marks.least), expression('.Values.replicas.least'))
    .replaceAll(String(marks.most), expression('.Values.replicas.most'))
    .replaceAll(String(marks.tracesPort), expression('.Values.traces.port'))
    .replace(configNamed(tracesConfig), (_, before) => before + expression('include "hotpath.traces" .'))
    .replace(/^( *)- (ipBlock:\n *cidr: )999\.0\.0\.3\/32\n/gm, (_, indent, item) =>
      ['{{- range .Values.database.networks }}', `${indent}- ${item}${expression('.')}`, end].join('\n'),
    )
    .replace(/^( *)- 999-0-0-4\n/gm, (_, indent) =>
      ['{{- range .Values.entrance.hosts }}', `${indent}- ${expression('. | quote')}`, end].join('\n'),
    );
}

/** Where the name of a ConfigMap stands: its own, or in a container that may do without it. */
const configNamed = (name: string) =>
  new RegExp(`(kind: ConfigMap\n(?:.*\n)*?  name: |configMapRef:\n +name: )${name}(?=\n)`, 'g');

/** What of a workload's objects the catalogue has and the values may change. */
function ofWorkload({ name, resources }: Workload, yaml: string): string {
  const own = `.Values.resources.${name}`;
  const hash = expression(`include "hotpath.${name}.settings" . | sha256sum | trunc 10`);
  return yaml
    .replace(/^data:\n( {2}.*\n)+/m, `data:\n  {{- include "hotpath.${name}.settings" . | nindent 2 }}\n`)
    .replace(new RegExp(`\\b${name}-[0-9a-f]{10}\\b`, 'g'), `${name}-${hash}`)
    .replaceAll(`cpu: ${resources.cpuMillis}m`, `cpu: ${expression(`${own}.cpuMillis`)}m`)
    .replaceAll(`memory: ${resources.memoryMi}Mi`, `memory: ${expression(`${own}.memoryMi`)}Mi`)
    .replaceAll(
      'imagePullPolicy: IfNotPresent',
      `imagePullPolicy: ${expression('.Values.image.pullPolicy')}`,
    );
}

/** The settings of each workload, from which also the name of its ConfigMap is made. */
function settingsTemplates(): string {
  const definitions = catalogue.map((workload) => {
    const [mesh, mtls] = (['mesh', 'mtls'] as const).map((transport) => linesOf(workload, transport));
    const common = mesh?.filter((line) => mtls?.includes(line)) ?? [];
    const only = (lines: readonly string[] | undefined) =>
      lines?.filter((line) => !common.includes(line)).join('') ?? '';
    return [
      `{{- define "hotpath.${workload.name}.settings" -}}\n`,
      common.join(''),
      ifMesh + only(mesh) + otherwise + only(mtls) + end,
      '{{- range $name, $value := .Values.settings }}\n{{ $name }}: {{ $value | quote }}\n{{- end }}\n{{- end }}\n',
    ].join('');
  });
  return head + definitions.join('\n');
}

function linesOf(workload: Workload, transport: Environment['transport']): readonly string[] {
  const { memoryMi } = workload.resources;
  const heap = expression(`sub (int .Values.resources.${workload.name}.memoryMi) ${besideHeapMi}`);
  return Object.entries(settingsOf(workload, environment(transport))).map(
    ([name, value]) =>
      `${name}: ${JSON.stringify(value.replace(`=${memoryMi - besideHeapMi} `, `=${heap} `))}\n`,
  );
}
