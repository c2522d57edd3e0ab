import protobuf from 'protobufjs';

/** `sale_ends_at` -> `saleEndsAt`, `GetPrice` -> `getPrice`. */
export function camelCase(name: string): string {
  const joined = name.replace(/_+(.)/g, (_, next: string) => next.toUpperCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

/** `ecommerce.Money`. */
export function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

/** A type's name in TypeScript; one declared within a message is `Outer_Inner`. */
export function typeName(type: protobuf.ReflectionObject | null): string {
  if (!type) throw new Error('a type was not resolved');
  return type.parent instanceof protobuf.Type ? `${typeName(type.parent)}_${type.name}` : type.name;
}

/** A proto comment as a doc comment. */
export function doc(comment: string | null | undefined): string {
  if (!comment) return '';
  const lines = comment.replaceAll('*/', '*\\/').split('\n');
  if (lines.length === 1) return `/** ${lines[0]} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

/** Lines of code, `depth` levels further in. */
export function indent(code: string, depth: number): string {
  return code.replace(/^(?=.)/gm, '  '.repeat(depth));
}
