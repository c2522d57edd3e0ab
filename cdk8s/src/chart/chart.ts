import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import root from '../../../package.json' with { type: 'json' };
import { readme } from './readme.ts';
import { templates } from './templates.ts';
import { isValue, type Value, type Values, values } from './values.ts';

/** The folder of the Helm chart. */
export const chartFolder = fileURLToPath(new URL('../../../charts/hotpath', import.meta.url));

const written = '# Written by `npm run synth` from cdk8s/: change it there.\n';

/** The chart's files by their path in its folder. */
export function chartFiles(): ReadonlyMap<string, string> {
  const chart = {
    apiVersion: 'v2',
    name: 'hotpath',
    description: root.description,
    type: 'application',
    version: root.version,
    appVersion: root.version,
    kubeVersion: '>=1.31.0-0', // Linkerd, which it is for unless told otherwise; preStop sleep needs 1.30
  };
  return new Map([
    ['Chart.yaml', written + stringify(chart, { lineWidth: 0 })],
    ['values.yaml', written + valuesYaml(values).join('')],
    ['values.schema.json', `${JSON.stringify(schema(), null, 2)}\n`],
    ['README.md', readme()],
    ...[...templates()].map(([file, text]) => [`templates/${file}`, text] as const),
  ]);
}

/** values.yaml, each value under what it means. */
function valuesYaml(group: Values, indent = ''): readonly string[] {
  return Object.entries(group).flatMap(([name, node]) => {
    if (!isValue(node)) return [`${indent}${name}:\n`, ...valuesYaml(node, `${indent}  `)];
    const text = stringify({ [name]: node.default }, { lineWidth: 0 });
    return [`${indent}# ${node.description}\n`, text.replace(/^/gm, indent).replace(/ +$/, '')];
  });
}

function schema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the chart hotpath',
    ...schemaOf(values),
  };
}

function schemaOf(node: Value | Values): object {
  if (isValue(node)) return { description: node.description, default: node.default, ...node.schema };
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(node),
    properties: Object.fromEntries(Object.entries(node).map(([name, child]) => [name, schemaOf(child)])),
  };
}
