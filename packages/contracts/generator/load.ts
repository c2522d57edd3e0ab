import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import protobuf from 'protobufjs';

/** What one proto file declares, messages and enums within messages too. */
export interface ProtoFile {
  /** File name without its ending, `pricing`. */
  readonly name: string;
  readonly messages: protobuf.Type[];
  readonly enums: protobuf.Enum[];
  readonly services: protobuf.Service[];
}

/** Parses every .proto file of a folder; imports are relative to that folder. Throws where one does not parse. */
export function loadProtos(folder: string): ProtoFile[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.proto'))
    .sort();
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(folder, target);
  root.loadSync(names, { keepCase: true, alternateCommentMode: true }).resolveAll();
  return names.map((name) => {
    const declared = [...declarations(root)].filter((object) => basename(object.filename ?? '') === name);
    return {
      name: basename(name, '.proto'),
      messages: declared.filter((object) => object instanceof protobuf.Type),
      enums: declared.filter((object) => object instanceof protobuf.Enum),
      services: declared.filter((object) => object instanceof protobuf.Service),
    };
  });
}

function* declarations(parent: protobuf.NamespaceBase): Generator<protobuf.ReflectionObject> {
  for (const object of parent.nestedArray) {
    yield object;
    if (object instanceof protobuf.Namespace) yield* declarations(object);
  }
}
