import { expect, test } from 'vitest';
import { csvFields } from './csv.ts';

test.each([
  ['1,INR,12.5', ['1', 'INR', '12.5']],
  ['1, INR ,12.5\r', ['1', 'INR', '12.5']],
  ['"1","a ""b"", c",', ['1', 'a "b", c', '']],
  ['', ['']],
  [',', ['', '']],
])('%j', (line, fields) => {
  expect(csvFields(line)).toEqual(fields);
});

test.each(['"1', '1"2', '"1"2,3', 'a,"b'])('%j has a quote too many or too few', (line) => {
  expect(csvFields(line)).toBeUndefined();
});
