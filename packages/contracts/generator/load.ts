import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import protobuf from 'protobufjs';

/** What one proto file declares, within its messages too. */
export interface ProtoFile {
  /** Its name without .proto. */
  readonly name: string;
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly services: readonly protobuf.Service[];
}

/** Parses a folder's .proto files, in the order of their names; imports are relative to the folder. */
export function loadProtos(folder: string): ProtoFile[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.proto'))
    .sort();
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(folder, target);
  root.loadSync(files, { keepCase: true, alternateCommentMode: true }).resolveAll();
  const all = [...declarations(root)];
  return files.map((file) => {
    const declared = all.filter((object) => object.filename === join(folder, file));
    return {
      name: basename(file, '.proto'),
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
