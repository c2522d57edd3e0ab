import root from '../../../package.json' with { type: 'json' };
import { isValue, type Values, values } from './values.ts';

/** The chart's README: how it is installed, and its values as their schema has them. */
export function readme(): string {
  return `<!-- Written by \`npm run synth\` from cdk8s/: change it there. -->
# Hotpath as a Helm chart

The same objects as k8s/production-mesh and k8s/production-mtls: templates and manifests are written from one
catalogue, and a test compares what \`helm template\` makes of the one with the other.

\`\`\`sh
kubectl apply -f k8s/production-mesh/00-namespace.yaml
helm install hotpath charts/hotpath --namespace hotpath --set image.repository=registry.example.com/hotpath
\`\`\`

The namespace comes first, with its labels and what Linkerd reads on it: Helm keeps its record of a release in that
namespace, so a chart cannot make it. \`createNamespace\` is for those who render the chart and apply it by other means.

It needs Kubernetes 1.31 or newer, a Gateway (Gateway API), images (\`npm run images\`) in a registry, Linkerd or with
\`--set transport=mtls\` cert-manager, and PostgreSQL with a database and two roles for each of inventory, pricing and
user: an owner, and one that may only connect. Their URLs are in the Secrets \`NAME-database-owner\` and
\`NAME-database\`, each under the key \`url\`.

## Values

| value | unless set | may be | what it is |
|---|---|---|---|
${rows(values).join('\n')}

A value that does not fit, or that is none of these, is refused with its name. Version ${root.version}.
`;
}

function rows(group: Values, path = ''): readonly string[] {
  return Object.entries(group).flatMap(([name, node]) => {
    const own = path + name;
    if (!isValue(node)) return rows(node, `${own}.`);
    const cells = [code(own), code(JSON.stringify(node.default)), range(node.schema), node.description];
    return [`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`];
  });
}

const code = (text: string) => `\`${text}\``;

type Schema = Readonly<Record<string, unknown>> & { readonly items?: Schema };

function range(schema: Schema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(code).join(', ');
  if ('minimum' in schema) return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'array') return `texts like ${code(String(schema.items?.pattern))}`;
  if (schema.type === 'object') return 'texts by name';
  return schema.pattern ? `a text like ${code(String(schema.pattern))}` : `a ${schema.type}`;
}
