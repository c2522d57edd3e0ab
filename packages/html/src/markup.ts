/** HTML or SVG that may stand in a page as it is. */
export type Markup = { readonly markup: string };

type Part = Markup | string | number | readonly Part[] | undefined;

/** Markup from a template. Whatever is put into it is escaped, unless it is markup itself: names in what is reported are anybody's. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    markup: strings.map((string, i) => `${string}${i < parts.length ? written(parts[i]) : ''}`).join(''),
  };
}

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(written).join('');
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** A part of a whole as CSS and SVG say it. */
export function part(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
