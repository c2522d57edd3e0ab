import type { Mailbox } from './mailbox.ts';

/** A row of a feed's table. Followers share the object: never change it. */
export interface FeedRow {
  /** Position in the feed: commit order, strictly increasing, with gaps. */
  readonly sequence: bigint;
}

/** Someone who follows a feed, as `follow` was asked. */
export interface Follower<Row extends FeedRow> {
  readonly keys: readonly bigint[] | undefined;
  readonly match: (row: Row) => boolean;
  readonly mailbox: Mailbox<Row>;
}

/** All who follow a feed, found by key, so that a row costs only those who asked for its key. */
export interface Followers<Row extends FeedRow> {
  readonly size: number;
  /** Takes a follower in and returns the function that lets it go. */
  add(follower: Follower<Row>): () => void;
  /** Puts a row into the mailbox of everyone it is for. A follower's own failure is its own only. */
  give(row: Row): void;
  /** Fails everyone who follows now. */
  fail(error: Error): void;
  /** Fails everyone, those who come later too. */
  close(error: Error): void;
}

export function createFollowers<Row extends FeedRow>(keyColumn: string): Followers<Row> {
  const all = new Set<Follower<Row>>();
  /** By key; under undefined those who want every key. */
  const byKey = new Map<bigint | undefined, Set<Follower<Row>>>();
  let closed: Error | undefined;

  function remove(follower: Follower<Row>): void {
    all.delete(follower);
    for (const key of follower.keys ?? [undefined]) {
      const group = byKey.get(key);
      group?.delete(follower);
      if (group?.size === 0) byKey.delete(key);
    }
  }

  function fail(error: Error): void {
    for (const { mailbox } of all) mailbox.fail(error);
  }

  function give(row: Row, group: Iterable<Follower<Row>> = []): void {
    for (const { match, mailbox } of group) {
      try {
        if (match(row)) mailbox.put(row);
      } catch (error) {
        mailbox.fail(error);
      }
    }
  }

  return {
    get size() {
      return all.size;
    },
    add(follower) {
      if (closed) follower.mailbox.fail(closed);
      all.add(follower);
      for (const key of follower.keys ?? [undefined]) {
        byKey.set(key, (byKey.get(key) ?? new Set()).add(follower));
      }
      return () => remove(follower);
    },
    give(row) {
      give(row, byKey.get(undefined));
      give(row, byKey.get((row as Record<string, unknown>)[keyColumn] as bigint));
    },
    fail,
    close(error) {
      closed = error;
      fail(error);
    },
  };
}
