// Written by "npm run generate" from protos/common.proto: change that and run it again.

import { isSet, type MessageType } from '../codec.ts';

/** An amount of money, exact: an integer count of the currency's smallest unit. */
export interface Money {
  /** The amount in minor units: paise for INR, cents for USD, EUR and GBP (pence), whole yen for JPY. */
  minorUnits: bigint;
  /** ISO 4217 code in upper case: INR, USD, EUR, GBP or JPY. Never empty in an answer. */
  currency: string;
}

export const Money: MessageType<Money> = {
  name: 'ecommerce.Money',
  create(init) {
    return {
      minorUnits: init.minorUnits ?? 0n,
      currency: init.currency ?? '',
    };
  },
  encode(message, writer) {
    if (message.minorUnits) writer.tag(8).int64(message.minorUnits);
    if (message.currency) writer.tag(18).string(message.currency);
  },
  decode(reader, end) {
    const message: Money = {
      minorUnits: 0n,
      currency: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.minorUnits = reader.int64();
          break;
        case 18:
          message.currency = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** What became of an import: how many lines came, how many were kept, and what was wrong with the rest. */
export interface ImportSummary {
  /** Lines received, good and bad. */
  received: bigint;
  /** Lines whose value now stands in the database (changed or already so). */
  stored: bigint;
  /** Lines that changed a value; at most `stored`. */
  changed: bigint;
  /** Lines refused; `received` = `stored` + `failed`. */
  failed: bigint;
  /** The first refused lines in the order they came, at most 100. */
  errors: LineError[];
  /**
   * True: an import with this request_id had come to its end before. The summary is of that one; nothing was stored
   * now, so that values which were changed since are as they were changed.
   */
  replayed: boolean;
}

export const ImportSummary: MessageType<ImportSummary> = {
  name: 'ecommerce.ImportSummary',
  create(init) {
    return {
      received: init.received ?? 0n,
      stored: init.stored ?? 0n,
      changed: init.changed ?? 0n,
      failed: init.failed ?? 0n,
      errors: init.errors?.map((item) => LineError.create(item)) ?? [],
      replayed: init.replayed ?? false,
    };
  },
  encode(message, writer) {
    if (message.received) writer.tag(8).int64(message.received);
    if (message.stored) writer.tag(16).int64(message.stored);
    if (message.changed) writer.tag(24).int64(message.changed);
    if (message.failed) writer.tag(32).int64(message.failed);
    for (const item of message.errors ?? []) {
      const start = writer.open(42);
      LineError.encode(item, writer);
      writer.close(start);
    }
    if (message.replayed) writer.tag(48).bool(message.replayed);
  },
  decode(reader, end) {
    const message: ImportSummary = {
      received: 0n,
      stored: 0n,
      changed: 0n,
      failed: 0n,
      errors: [],
      replayed: false,
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.received = reader.int64();
          break;
        case 16:
          message.stored = reader.int64();
          break;
        case 24:
          message.changed = reader.int64();
          break;
        case 32:
          message.failed = reader.int64();
          break;
        case 42:
          message.errors.push(LineError.decode(reader, reader.open()));
          break;
        case 48:
          message.replayed = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};

/** One refused line of an import. */
export interface LineError {
  /** Number of the line in the sender's file, counted from 1. */
  line: bigint;
  /** gRPC status code (3 INVALID_ARGUMENT, 5 NOT_FOUND ...), as a call for that line alone would have ended. */
  code: number;
  /** What is wrong with the line, for the person who wrote it. */
  message: string;
}

export const LineError: MessageType<LineError> = {
  name: 'ecommerce.LineError',
  create(init) {
    return {
      line: init.line ?? 0n,
      code: init.code ?? 0,
      message: init.message ?? '',
    };
  },
  encode(message, writer) {
    if (message.line) writer.tag(8).int64(message.line);
    if (isSet(message.code)) writer.tag(16).int32(message.code);
    if (message.message) writer.tag(26).string(message.message);
  },
  decode(reader, end) {
    const message: LineError = {
      line: 0n,
      code: 0,
      message: '',
    };
    while (reader.position < end) {
      const tag = reader.tag();
      switch (tag) {
        case 8:
          message.line = reader.int64();
          break;
        case 16:
          message.code = reader.int32();
          break;
        case 26:
          message.message = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.close(end);
    return message;
  },
};
