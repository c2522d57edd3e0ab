import protobuf from 'protobufjs';
import { camelCase, doc, fullName, typeName } from './names.ts';

/** Per scalar type: its TypeScript type, its default, and its wire type (0 varint, 1 64 bits, 2 length, 5 32 bits). */
const scalars: Readonly<Record<string, readonly [type: string, zero: string, wireType: number]>> = {
  double: ['number', '0', 1],
  float: ['number', '0', 5],
  int32: ['number', '0', 0],
  uint32: ['number', '0', 0],
  sint32: ['number', '0', 0],
  int64: ['bigint', '0n', 0],
  uint64: ['bigint', '0n', 0],
  sint64: ['bigint', '0n', 0],
  bool: ['boolean', 'false', 0],
  string: ['string', "''", 2],
  bytes: ['Uint8Array', 'new Uint8Array()', 2],
};

/** One field, as its parts of the code. */
interface FieldCode {
  readonly declaration: string;
  readonly zero: string;
  readonly create: string;
  readonly encode: string;
  readonly decode: string;
}

/** A message's interface and its codec. */
export function messageCode(message: protobuf.Type): string {
  const name = typeName(message);
  const fields = message.fieldsArray.toSorted((a, b) => a.id - b.id).map(fieldCode);
  const lines = (part: keyof FieldCode, indent: string) =>
    fields.map((field) => `${indent}${field[part]}\n`).join('');
  if (fields.length === 0) return emptyMessage(message, name);
  return `${doc(message.comment)}export interface ${name} {
${fields.map((field) => field.declaration).join('')}}

export const ${name}: MessageType<${name}> = {
  name: '${fullName(message)}',
  create(init) {
    return {
${lines('create', '      ')}    };
  },
  encode(message, writer) {
${lines('encode', '    ')}  },
  decode(reader, end) {
    const message: ${name} = {
${lines('zero', '      ')}    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
${lines('decode', '        ')}        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};
`;
}

function emptyMessage(message: protobuf.Type, name: string): string {
  return `${doc(message.comment)}export interface ${name} {}

export const ${name}: MessageType<${name}> = {
  name: '${fullName(message)}',
  create() {
    return {};
  },
  encode() {},
  decode(reader, end) {
    while (reader.position < end) reader.skip(reader.tag());
    reader.close(end);
    return {};
  },
};
`;
}

function fieldCode(field: protobuf.Field): FieldCode {
  const optional = field.options?.['proto3_optional'] === true;
  if (field.map) throw new Error(`not supported: map field ${fullName(field)}`);
  if (field.partOf && !optional) throw new Error(`not supported: oneof ${fullName(field.partOf)}`);
  const { resolvedType } = field;
  const key = camelCase(field.name);
  const value = `message.${key}`;
  const declare = (type: string) => `${doc(field.comment, '  ')}  ${key}: ${type};\n`;
  const caseOf = (wireType: number, code: string) =>
    `case ${tagOf(field, wireType)}:\n          ${code}\n          break;`;

  if (resolvedType instanceof protobuf.Type) {
    const name = typeName(resolvedType);
    const write = (item: string) =>
      `{ const start = writer.open(${tagOf(field, 2)}); ${name}.encode(${item}, writer); writer.close(start); }`;
    const read = `${name}.decode(reader, reader.open())`;
    return field.repeated
      ? {
          declaration: declare(`${name}[]`),
          zero: `${key}: [],`,
          create: `${key}: init.${key}?.map((item) => ${name}.create(item)) ?? [],`,
          encode: `if (${value}) for (const item of ${value}) ${write('item')}`,
          decode: caseOf(2, `${value}.push(${read});`),
        }
      : {
          declaration: declare(`${name} | undefined`),
          zero: `${key}: undefined,`,
          create: `${key}: init.${key} && ${name}.create(init.${key}),`,
          encode: `if (${value}) ${write(value)}`,
          decode: caseOf(2, `${value} = ${read};`),
        };
  }

  const scalar = resolvedType ? ([typeName(resolvedType), '0', 0] as const) : scalars[field.type];
  if (!scalar) throw new Error(`not supported: type ${field.type} of field ${fullName(field)}`);
  const [type, zero, wireType] = scalar;
  const method = resolvedType ? 'int32' : field.type;
  const read = resolvedType ? `reader.int32() as ${type}` : `reader.${method}()`;
  const write = `writer.tag(${tagOf(field, wireType)}).${method}`;
  if (field.repeated) {
    const pack = `const start = writer.open(${tagOf(field, 2)}); for (const item of ${value}) writer.${method}(item); writer.close(start);`;
    const unpack = `{ const to = reader.open(); while (reader.position < to) ${value}.push(${read}); reader.close(to); }`;
    const each = caseOf(wireType, `${value}.push(${read});`);
    return {
      declaration: declare(`${type}[]`),
      zero: `${key}: [],`,
      create: `${key}: [...(init.${key} ?? [])],`,
      encode:
        field.packed && wireType !== 2
          ? `if (${value}?.length) { ${pack} }`
          : `if (${value}) for (const item of ${value}) ${write}(item);`,
      decode: wireType === 2 ? each : `${caseOf(2, unpack)}\n        ${each}`,
    };
  }
  const test = optional
    ? `${value} !== undefined`
    : method === 'double' || method === 'float'
      ? `isSet(${value})`
      : method === 'bytes'
        ? `${value}?.length`
        : value;
  return {
    declaration: declare(optional ? `${type} | undefined` : type),
    zero: `${key}: ${optional ? 'undefined' : zero},`,
    create: optional ? `${key}: init.${key},` : `${key}: init.${key} ?? ${zero},`,
    encode: `if (${test}) ${write}(${value});`,
    decode: caseOf(wireType, `${value} = ${read};`),
  };
}

/** A field's tag on the wire. */
function tagOf(field: protobuf.Field, wireType: number): number {
  return field.id * 8 + wireType;
}
