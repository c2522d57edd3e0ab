import type protobuf from 'protobufjs';
import type { ProtoFile } from './load.ts';
import { messageCode } from './message.ts';
import { camelCase, doc, fullName, typeName } from './names.ts';

/** The TypeScript of each proto file, and an index of them all, by file name. Throws for what is not supported. */
export function generate(files: readonly ProtoFile[]): Map<string, string> {
  const home = new Map(
    files.flatMap((file) => [...file.messages, ...file.enums].map((type) => [type, file.name])),
  );
  const output = new Map<string, string>();
  for (const file of files) {
    const body = [
      ...file.enums.map(enumCode),
      ...file.messages.map(messageCode),
      ...file.services.map(serviceCode),
    ];
    output.set(
      `${file.name}.ts`,
      [header(`${file.name}.proto`), imports(file, body, home), ...body].join('\n'),
    );
  }
  const index = files.map((file) => `export * from './${file.name}.ts';\n`).join('');
  return output.set('index.ts', `${header('*.proto')}${index}`);
}

const header = (source: string) =>
  `// Written by "npm run generate" from protos/${source}: change that and run it again.\n`;

/** What the code uses of the wire format and of other files. */
function imports(
  file: ProtoFile,
  body: readonly string[],
  home: ReadonlyMap<protobuf.ReflectionObject, string>,
): string {
  const wire = [
    file.messages.length && 'type MessageType',
    body.some((code) => code.includes('isSet(')) && 'isSet',
  ];
  const used = [
    ...file.messages.flatMap((message) => message.fieldsArray.map((field) => field.resolvedType)),
    ...file.services.flatMap((service) =>
      service.methodsArray.flatMap((method) => [method.resolvedRequestType, method.resolvedResponseType]),
    ),
  ];
  const names = new Map<string, Set<string>>();
  for (const type of used) {
    if (!type) continue;
    const from = home.get(type);
    if (!from) throw new Error(`not supported: ${fullName(type)} is declared in no file of the folder`);
    if (from === file.name) continue;
    names.set(from, (names.get(from) ?? new Set()).add(typeName(type)));
  }
  const lines = [
    ['../wire', wire.filter(Boolean)] as const,
    ...[...names].map(([from, set]) => [`./${from}`, [...set]] as const),
  ];
  return lines
    .filter(([, list]) => list.length > 0)
    .map(([from, list]) => `import { ${list.toSorted().join(', ')} } from '${from}.ts';\n`)
    .join('');
}

function enumCode(type: protobuf.Enum): string {
  const name = typeName(type);
  const prefix = `${type.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_`;
  const values = Object.entries(type.values).map(([key, value]) => {
    const short = key.replace(prefix, '');
    return `${doc(type.comments[key], '  ')}  ${/^\d/.test(short) ? key : short}: ${value},\n`;
  });
  return `${doc(type.comment)}export const ${name} = {
${values.join('')}} as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;
}

function serviceCode(service: protobuf.Service): string {
  const methods = service.methodsArray.map((method) => {
    const { requestStream, responseStream } = method;
    const kind = requestStream
      ? responseStream
        ? 'bidi'
        : 'clientStream'
      : responseStream
        ? 'serverStream'
        : 'unary';
    return `${doc(method.comment, '    ')}    ${camelCase(method.name)}: {
      name: '${method.name}',
      path: '/${fullName(service)}/${method.name}',
      kind: '${kind}',
      request: ${typeName(method.resolvedRequestType)},
      response: ${typeName(method.resolvedResponseType)},
      idempotency: '${method.options?.idempotency_level ?? 'UNKNOWN'}',
    },
`;
  });
  return `${doc(service.comment)}export const ${service.name} = {
  name: '${fullName(service)}',
  methods: {
${methods.join('')}  },
} as const;
`;
}
