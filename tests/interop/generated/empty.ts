// Written by "npm run generate" from tests/interop/protos/empty.proto: change that and run it again.

import type { MessageType } from '@hotpath/contracts';

/** Nothing, on the wire zero bytes. */
export interface Empty {
}

export const Empty: MessageType<Empty> = {
  name: 'grpc.testing.Empty',
  create(_init) {
    return {
    };
  },
  encode(_message, _writer) {
  },
  decode(reader, end) {
    const message: Empty = {
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};
