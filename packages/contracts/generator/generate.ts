import type protobuf from 'protobufjs';
import type { ProtoFile } from './load.ts';
import { messageCode } from './message.ts';
import { camelCase, doc, fullName, indent, typeName } from './names.ts';

/** Where protos stand, and where their code will find what it imports. */
export interface Place {
  /** The protos' folder from the repository's root: what a reader of the code is told to change. */
  readonly protos: string;
  /** The same folder from the code's: a service's gRPC service config stands beside its proto. */
  readonly configs: string;
  /** The module of MessageType and isSet. */
  readonly codec: string;
}

/** The TypeScript of each proto file and an index of them, by file name. Throws for what is not supported. */
export function generate(files: readonly ProtoFile[], place: Place): Map<string, string> {
  const home = new Map<protobuf.ReflectionObject, string>();
  for (const file of files) for (const type of [...file.messages, ...file.enums]) home.set(type, file.name);
  const output = new Map(files.map((file) => [`${file.name}.ts`, fileCode(file, home, place)]));
  const index = files.map((file) => `export * from './${file.name}.ts';\n`).join('');
  return output.set('index.ts', header(place, '*.proto') + index);
}

const header = ({ protos }: Place, source: string) =>
  `// Written by "npm run generate" from ${protos}/${source}: change that and run it again.\n\n`;

type Home = ReadonlyMap<protobuf.ReflectionObject, string>;

function fileCode(file: ProtoFile, home: Home, place: Place): string {
  const body = [
    ...file.enums.map(enumCode),
    ...file.messages.map(messageCode),
    ...file.services.map(serviceCode),
  ].join('\n');
  return `${header(place, `${file.name}.proto`)}${importCode(file, body, home, place)}\n${body}`;
}

/** The imports of what the code uses: the wire format, and types of other files. */
function importCode(file: ProtoFile, body: string, home: Home, place: Place): string {
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
    if (!from) throw new Error(`not supported: ${fullName(type)} is not declared in ${place.protos}/`);
    if (from !== file.name) add(`./${from}`, typeName(type));
  }
  const lines = [...imports].map(
    ([from, names]) => `import { ${[...names].sort().join(', ')} } from '${from}.ts';\n`,
  );
  if (body.includes('isSet(')) lines.push(`import { isSet, type MessageType } from '${place.codec}';\n`);
  else if (file.messages.length > 0) lines.push(`import type { MessageType } from '${place.codec}';\n`);
  if (file.services.length > 0) {
    const config = `${place.configs}/${file.name}_grpc_service_config.json`;
    lines.push(`import serviceConfig from '${config}' with { type: 'json' };\n`);
  }
  return lines.sort().join('');
}

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
