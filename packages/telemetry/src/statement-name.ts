/**
 * What a statement does, in two words of few kinds: `SELECT products`. The name of its span and its `db.query.summary`
 * (https://opentelemetry.io/docs/specs/semconv/db/database-spans/#name).
 */
export function statementName(sql: string): string {
  const verb = /\w+/.exec(sql)?.[0].toUpperCase() ?? 'SQL';
  // What a parenthesis follows is a function: `from unnest($1)`, `extract(epoch from now())`.
  const [, written, read] = /\binto\s+([\w."]+)|\b(?:from|update)\s+([\w."]+)\b(?!\s*\()/i.exec(sql) ?? [];
  const table = written ?? read;
  return table === undefined ? verb : `${verb} ${table}`;
}
