import { readFileSync } from 'node:fs';

/** What stands in place of each {{word}} of a template. */
export type Words = Readonly<Record<string, string>>;

/**
 * The text of a file in `templates/`.
 * @throws Error where it has a word that `words` lacks
 */
export function render(name: string, words: Words): string {
  const text = readFileSync(new URL(`templates/${name}.template`, import.meta.url), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`templates/${name}.template: there is no word ${word}`);
    return value;
  });
}
