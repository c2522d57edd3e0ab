/**
 * The fields of one line of CSV (RFC 4180), without line breaks inside of fields: every line is a record, so that
 * an unclosed quote spoils its own line only. Undefined where quotes are not closed or have text beside them.
 */
export function csvFields(line: string): string[] | undefined {
  const fields: string[] = [];
  // A field is quoted, with quotes inside doubled, or runs to the next comma.
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  for (;;) {
    const match = field.exec(text);
    if (!match) return undefined;
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]?.trim() ?? '');
    if (match[3] === '') return fields;
  }
}
