import type protobuf from 'protobufjs';
import type { ProtoFile } from './load.ts';
import { messageCode } from './message.ts';
import { camelCase, doc, fullName, indent, typeName } from './names.ts';

/** The TypeScript of each proto file and an index of them, by file name. Throws for what is not supported. */
export function generate(files: readonly ProtoFile[]): Map<string, string> {
  const home = new Map<protobuf.ReflectionObject, string>();
  for (const file of files) for (const type of [...file.messages, ...file.enums]) home.set(type, file.name);
  const output = new Map(files.map((file) => [`${file.name}.ts`, fileCode(file, home)]));
  const index = files.map((file) => `export * from './${file.name}.ts';\n`).join('');
  return output.set('index.ts', header('*.proto') + index);
}

const header = (source: string) =>
  `// Written by "npm run generate" from protos/${source}: change that and run it again.\n\n`;

type Home = ReadonlyMap<protobuf.ReflectionObject, string>;

function fileCode(file: ProtoFile, home: Home): string {
  const body = [
    ...file.enums.map(enumCode),
    ...file.messages.map(messageCode),
    ...file.services.map(serviceCode),
  ].join('\n');
  return `${header(`${file.name}.proto`)}${importCode(file, body, home)}\n${body}`;
}

/** The imports of what the code uses: the wire format, and types of other files. */
function importCode(file: ProtoFile, body: string, home: Home): string {
  const imports = new Map<string, Set<string>>();
  const add = (from: string, name: string) => imports.set(from, (imports.get(from) ?? new Set()).add(name));
  const methods = file.services.flatMap((service) => service.methodsArray);
  const used = [
    ...file.messages.flatMap((message) => message.fieldsArray.map((field) => field.resolvedType)),
    ...methods.flatMap((method) => [method.resolvedRequestType, method.resolvedResponseType]),
  ];
  for (const type of used) {
    if (!type) continue;
    const from = home.get(type);
    if (!from) throw new Error(`not supported: ${fullName(type)} is not declared in protos/`);
    if (from !== file.name) add(`./${from}`, typeName(type));
  }
  const lines = [...imports].map(
    ([from, names]) => `import { ${[...names].sort().join(', ')} } from '${from}.ts';\n`,
  );
  if (file.messages.length > 0) lines.push(`import type { MessageType } from '../codec.ts';\n`);
  if (body.includes('isSet(')) lines.push(`import { isSet } from '../writer.ts';\n`);
  if (file.services.length > 0) lines.push(serviceConfigImport(file));
  return lines.sort().join('');
}

/** A service brings its budgets along: its gRPC service config stands beside the proto. */
const serviceConfigImport = ({ name }: ProtoFile) =>
  `import serviceConfig from '../../../../protos/${name}_grpc_service_config.json' with { type: 'json' };\n`;

function enumCode(type: protobuf.Enum): string {
  const name = typeName(type);
  const prefix = `${type.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_`;
  const values = Object.entries(type.values).map(([key, number]) => {
    const short = key.startsWith(prefix) ? key.slice(prefix.length) : key;
    return `${doc(type.comments[key])}${/^\d/.test(short) ? key : short}: ${number},\n`;
  });
  return `${doc(type.comment)}export const ${name} = {
${indent(values.join(''), 1)}} as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;
}

function serviceCode(service: protobuf.Service): string {
  const methods = service.methodsArray.map((method) => {
    const { name, requestStream, responseStream } = method;
    const kind = requestStream
      ? responseStream
        ? 'bidi'
        : 'clientStream'
      : responseStream
        ? 'serverStream'
        : 'unary';
    return `${doc(method.comment)}${camelCase(name)}: {
  name: '${name}',
  path: '/${fullName(service)}/${name}',
  kind: '${kind}',
  request: ${typeName(method.resolvedRequestType)},
  response: ${typeName(method.resolvedResponseType)},
  idempotency: '${method.options?.idempotency_level ?? 'UNKNOWN'}',
},
`;
  });
  return `${doc(service.comment)}export const ${service.name} = {
  name: '${fullName(service)}',
  serviceConfig,
  methods: {
${indent(methods.join(''), 2)}  },
} as const;
`;
}
