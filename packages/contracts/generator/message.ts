import protobuf from 'protobufjs';
import { camelCase, doc, fullName, indent, typeName } from './names.ts';

/** Scalar types: TypeScript type, default, wire type (0 varint, 1 eight bytes, 2 with a length, 5 four bytes). */
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

/** The interface of a message, and its codec under the same name. */
export function messageCode(message: protobuf.Type): string {
  const name = typeName(message);
  const fields = message.fieldsArray.toSorted((a, b) => a.id - b.id).map(fieldCode);
  const lines = (part: keyof FieldCode, depth: number) =>
    indent(fields.map((field) => field[part]).join(''), depth);
  const unused = fields.length === 0 ? '_' : '';
  return `${doc(message.comment)}export interface ${name} {
${lines('property', 1)}}

export const ${name}: MessageType<${name}> = {
  name: '${fullName(message)}',
  create(${unused}init) {
    return {
${lines('create', 3)}    };
  },
  encode(${unused}message, ${unused}writer) {
${lines('encode', 2)}  },
  decode(reader, end) {
    const message: ${name} = {
${lines('zero', 3)}    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
${lines('decode', 4)}        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};
`;
}

/** A field's lines in each part of its message's code. */
interface FieldCode {
  readonly property: string;
  readonly create: string;
  readonly encode: string;
  readonly zero: string;
  readonly decode: string;
}

function fieldCode(field: protobuf.Field): FieldCode {
  refuse(field);
  return field.repeated ? repeatedCode(field) : singularCode(field);
}

function refuse(field: protobuf.Field): void {
  const why =
    (field.map && 'a map') ||
    (field.partOf && !field.options?.proto3_optional && 'in a oneof') ||
    (field.required && 'required') ||
    (field.delimited && 'a group') ||
    (!field.resolvedType && !scalars[field.type] && `of type ${field.type}`);
  if (why) throw new Error(`not supported: field ${fullName(field)} is ${why}`);
}

function singularCode(field: protobuf.Field): FieldCode {
  const { key, type, zero, copy, write, read, tag } = valueCode(field);
  const value = `message.${key}`;
  const optional = zero === 'undefined' || field.hasPresence;
  const isSet = optional
    ? `${value} !== undefined`
    : zero === '0'
      ? `isSet(${value})`
      : type === 'Uint8Array'
        ? `${value}?.length`
        : value;
  const init = `init.${key}`;
  return {
    property: `${doc(field.comment)}${key}: ${type}${optional ? ' | undefined' : ''};\n`,
    create: `${key}: ${optional ? (copy ? `${init} && ${copy(init)}` : init) : `${init} ?? ${zero}`},\n`,
    encode: control(`if (${isSet})`, write(value)),
    zero: `${key}: ${optional ? 'undefined' : zero},\n`,
    decode: caseOf(tag, `${value} = ${read};\n`),
  };
}

function repeatedCode(field: protobuf.Field): FieldCode {
  const { key, type, copy, write, put, read, tag } = valueCode(field);
  const value = `message.${key}`;
  const packedTag = field.id * 8 + 2;
  const packable = tag !== packedTag;
  const packed = control(`for (const item of ${value})`, put('item'));
  const one = `${value}.push(${read});\n`;
  const many = `const packedEnd = reader.open();\n${control('while (reader.position < packedEnd)', one)}reader.close(packedEnd);\n`;
  return {
    property: `${doc(field.comment)}${key}: ${type}[];\n`,
    create: `${key}: ${copy ? `init.${key}?.map((item) => ${copy('item')}) ?? []` : `[...(init.${key} ?? [])]`},\n`,
    encode:
      packable && field.packed
        ? control(`if (${value}?.length)`, lengthDelimited(packedTag, packed))
        : control(`for (const item of ${value} ?? [])`, write('item')),
    zero: `${key}: [],\n`,
    // Numbers are read packed and one by one, whichever way the field is declared.
    decode: caseOf(tag, one) + (packable ? caseOf(packedTag, many) : ''),
  };
}

/** How one value of a field is written, read and copied; `value` is the expression that gives it. */
interface ValueCode {
  /** The field's name in TypeScript. */
  readonly key: string;
  readonly type: string;
  readonly zero: string;
  readonly tag: number;
  /** Only where a copy is more than the value itself. */
  readonly copy?: (value: string) => string;
  /** Writes the value with its tag. */
  write(value: string): string;
  /** Writes the value without its tag. */
  put(value: string): string;
  readonly read: string;
}

function valueCode(field: protobuf.Field): ValueCode {
  const key = camelCase(field.name);
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) {
    const type = typeName(resolvedType);
    const tag = field.id * 8 + 2;
    const put = (value: string) => `${type}.encode(${value}, writer);\n`;
    return {
      key,
      type,
      zero: 'undefined',
      tag,
      copy: (value) => `${type}.create(${value})`,
      write: (value) => lengthDelimited(tag, put(value)),
      put,
      read: `${type}.decode(reader, reader.open())`,
    };
  }
  const [type, zero, wireType] = scalars[field.type] ?? [typeName(resolvedType), '0', 0];
  const method = resolvedType ? 'int32' : field.type;
  const tag = field.id * 8 + wireType;
  return {
    key,
    type,
    zero,
    tag,
    write: (value) => `writer.tag(${tag}).${method}(${value});\n`,
    put: (value) => `writer.${method}(${value});\n`,
    read: resolvedType ? `reader.int32() as ${type}` : `reader.${method}()`,
  };
}

const lengthDelimited = (tag: number, content: string) =>
  `const start = writer.open(${tag});\n${content}writer.close(start);\n`;

/** `head` and what it governs: on its line, or as a block. */
function control(head: string, body: string): string {
  return body.indexOf('\n') === body.length - 1 ? `${head} ${body}` : `${head} {\n${indent(body, 1)}}\n`;
}

function caseOf(tag: number, body: string): string {
  const block = body.includes('const ');
  const inner = indent(`${body}break;\n`, 1);
  return block ? `case ${tag}: {\n${inner}}\n` : `case ${tag}:\n${inner}`;
}
