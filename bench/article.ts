import { find, type Ref } from './claims.ts';
import type { Case } from './measure.ts';
import { digits } from './report.ts';

const [express, kept, fastify, loader] = [
  'express, new connections',
  'express, keep-alive',
  'fastify + undici',
  'grpc-js + proto-loader',
];

/** A number of the article's, and what is measured instead. `why` holds no figure: those are measured. */
type Row = { readonly says: string; readonly measured: (median: Median) => string; readonly why: string };

/** The median of a case. Throws where it was no part of the run. */
type Median = (...ref: Ref) => number;

const at200 = (figure: string) => (median: Median) => {
  const ms = (peer: string) => `${digits(median('open', `200 calls/s, ${figure}`, peer))} ms`;
  return (
    `At 200 calls/s Express with new connections ${ms(express)}, gRPC ${ms(loader)}; ` +
    `Express with connections that are kept ${ms(kept)}, fastify + undici ${ms(fastify)}.`
  );
};

const page = (median: Median, way: string, peer: string) =>
  median('page', `page ${way}, database 4 ms, p50`, peer);

const rows: readonly Row[] = [
  {
    says: 'average latency 45 ms → 4 ms',
    measured: at200('mean'),
    why:
      'Neither protocol takes that long between two processes that have nothing else to do. Tens of milliseconds come from ' +
      'what is around a call: connections made anew, a queue, a slow query. The article changed the protocol and its ' +
      'connections at once; REST with connections that are kept shows which of the two it was.',
  },
  {
    says: 'p99 180 ms → 18 ms',
    measured: at200('p99'),
    why:
      'As above. A p99 so far from the average is calls that wait for each other, which a page of many calls makes ' +
      'by itself and a batch does not.',
  },
  {
    says: 'payload 850 bytes → 85 bytes',
    measured: (median) => {
      const bytes = (name: string, peer: string) => digits(median('payload', name, peer));
      return (
        `The body of a price is ${bytes('body of a price', 'JSON')} bytes as JSON, ` +
        `${bytes('body of a price', 'protobuf')} as protobuf. On the wire, both ways and with all headers, a call is ` +
        `${bytes('one price', kept)} bytes on Express, ${bytes('one price', loader)} on gRPC.`
      );
    },
    why:
      'A price is a few numbers. Protobuf leaves out their names and HTTP/2 the headers that were sent before; what ' +
      'is saved of the body is less than it seems, since the headers of HTTP/1.1 are most of what REST sends.',
  },
  {
    says: '47 look-ups → one batched call: a page 220 ms sooner',
    measured: (median) => {
      const rest = page(median, 'one by one', express);
      const saved = (peer: string) => digits(rest - page(median, 'one batch', peer));
      return (
        `With a database that takes 4 ms for a query: REST one by one ${digits(rest)} ms. One batch by gRPC saves ` +
        `${saved(loader)} ms of it, one batch by REST (Express, keep-alive) ${saved(kept)} ms.`
      );
    },
    why:
      'It is the batch that saves it: queries one after the other become one wait. The protocol has no part in that, and ' +
      'a batch by REST saves as much.',
  },
  {
    says: '50 calls one by one → one batch: 25 times faster',
    measured: (median) => {
      const times = (peer: string) =>
        `${digits(page(median, 'one by one', peer) / page(median, 'one batch', peer))} times`;
      return `For 47, with a database that takes 4 ms: by gRPC ${times(loader)}, by Express with kept connections ${times(kept)}.`;
    },
    why:
      'One query takes the time of one query however many prices it finds, as long as they are few. What is left is the ' +
      'work for 47 prices, which the article took for another 4 ms.',
  },
];

/** The table "the article says, measured, why". Throws where the run lacks a figure. */
export function articleTable(cases: readonly Case[]): string {
  const median: Median = (...ref) => {
    const found = find(cases, ref);
    if (!found) throw new Error(`the run has no ${ref.join(': ')}: a whole one is needed`);
    return found.median;
  };
  const lines = rows.map(({ says, measured, why }) => `| ${says} | ${measured(median)} | ${why} |`);
  return ['| the article says | measured | why |', '|---|---|---|', ...lines].join('\n');
}
