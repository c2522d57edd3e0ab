/** One series of a metric. */
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** The series of a metric, of what /metrics answers. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function samplesOf(text: string, name: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, found, labels = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (found !== name) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, of]) => [label, of]);
    return [{ labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** The sum of a metric's series, of those that have all of `labels`; undefined where there are none. */
export function sumOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const samples = samplesOf(text, name).filter((one) =>
    wanted.every(([label, value]) => one.labels[label] === value),
  );
  return samples.length === 0 ? undefined : samples.reduce((sum, { value }) => sum + value, 0);
}
