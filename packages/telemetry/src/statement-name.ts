/** Stands for what is in parentheses. */
const inner = '\0';

/**
 * What a statement does, in two words of few kinds: `SELECT products`. The name of its span and its `db.query.summary`
 * (https://opentelemetry.io/docs/specs/semconv/db/database-spans/#name).
 */
export function statementName(sql: string): string {
  const verb = /\w+/.exec(sql)?.[0].toUpperCase() ?? 'SQL';
  // Not the table of a subquery in the select list, nor a function's name.
  const table = /\b(?:from|into|update|join)\s+(?!lateral\b)([\w."]+)\b(?!\s*\0)/i.exec(
    withoutInner(sql),
  )?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}

function withoutInner(sql: string): string {
  // The columns of an insert follow its table as arguments follow a function.
  let outer = sql.replace(/\b(into\s+[\w."]+)\s*\(/gi, '$1 as (');
  for (let before = ''; before !== outer; ) {
    before = outer;
    outer = outer.replace(/\([^()]*\)/g, inner);
  }
  return outer;
}
