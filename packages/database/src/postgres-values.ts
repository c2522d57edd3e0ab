import pg from 'pg';
import type { Param } from './port.ts';

/** As it is: its types name a function. */
const { create: arrayParser } = pg.types.arrayParser as unknown as {
  create(source: string, parse: (value: string) => unknown): { parse(): unknown[] };
};

const text = (value: string) => value;
const number = (value: string) => Number(value);
const bytes = (value: string) => new Uint8Array(Buffer.from(value.slice(2), 'hex'));
const date = (value: string) => {
  if (value === 'infinity') return Number.POSITIVE_INFINITY;
  return value === '-infinity' ? Number.NEGATIVE_INFINITY : new Date(value);
};

/** How values are read: the type's oid, its array's oid (pg_type.dat), and from its text. As PGlite reads them. */
const types: readonly [oid: number, array: number, parse: (value: string) => unknown][] = [
  [16, 1000, (value) => value === 't'], // bool
  [17, 1001, bytes], // bytea
  [20, 1016, BigInt], // int8
  [21, 1005, number], // int2
  [23, 1007, number], // int4
  [26, 1028, number], // oid
  [700, 1021, number], // float4
  [701, 1022, number], // float8
  [114, 199, JSON.parse], // json
  [3802, 3807, JSON.parse], // jsonb
  [1082, 1182, date], // date
  [1114, 1115, date], // timestamp
  [1184, 1185, date], // timestamptz
  [19, 1003, text], // name
  [25, 1009, text], // text
  [1042, 1014, text], // char(n)
  [1043, 1015, text], // varchar
  [1083, 1183, text], // time
  [1186, 1187, text], // interval
  [1700, 1231, text], // numeric
  [2950, 2951, text], // uuid
];

const parsers = new Map<number, (value: string) => unknown>(
  types.flatMap(([oid, array, parse]) => [
    [oid, parse],
    [array, (value: string) => arrayParser(value, parse).parse()],
  ]),
);

/** What pg reads columns with; types that are not listed stay text. */
export const columnTypes = { getTypeParser: (oid: number) => parsers.get(oid) ?? text };

/** Settings of the connection that this reading relies on. */
export const textFormats = '-c DateStyle=ISO -c bytea_output=hex';

/** A parameter as pg sends it: dates in UTC, where it would write them in the zone of this process. */
export function toPgParam(param: Param): unknown {
  if (param instanceof Date) return param.toISOString();
  if (!Array.isArray(param)) return param;
  return param.map((item) => (item instanceof Date ? item.toISOString() : item));
}
