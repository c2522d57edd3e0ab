/** A number of ms as it is told: three figures that matter. */
export function msInWords(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)} ms`;
}

export function changeInWords(ms: number): string {
  return ms < 0 ? `\u2212${msInWords(-ms)}` : `+${msInWords(ms)}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 && share > 0 ? 1 : 0)} %`;
}

/** An operation without the package that its service lies in: "hotpath.user.v1.UserService/GetSegment" is "UserService/GetSegment". */
export function shortOperation(operation: string): string {
  return operation.replace(/^(?:\w+\.)+(?=\w+\/)/, '');
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
