import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { expect } from 'vitest';
import { decode, encode, type MessageType } from '../src/codec.ts';
import { common, initOf } from './arbitrary.ts';

/** The codec of whichever message. */
export type AnyMessage = MessageType<Record<string, unknown>>;

/** Whatever is sent by one of our codec and protobufjs', the other reads, and both read the same. */
export function expectCrossing(ours: AnyMessage, theirs: protobuf.Type, numRuns: number): void {
  fc.assert(
    fc.property(initOf(theirs), (init) => {
      const whole = common(ours.create(init));
      const read = theirs.decode(encode(ours, init));
      expect(common(theirs.toObject(read, { defaults: true, longs: String }))).toEqual(whole);
      const written = theirs.encode(theirs.fromObject(common(init) as object)).finish();
      expect(common(decode(ours, written))).toStrictEqual(whole);
    }),
    { numRuns },
  );
}
