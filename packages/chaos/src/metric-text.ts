/** The sum of a metric's series whose labels hold all of `labels`, of what /metrics answers. */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const values = text.split('\n').filter((line) => {
    return line.match(/^[^{ ]+/)?.[0] === name && wanted.every((label) => line.includes(label));
  });
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
