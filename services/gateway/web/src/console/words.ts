/** ms as it is told: "8.3 ms", "1,500 ms", "30 s", "15 min". */
export function msInWords(ms: number): string {
  if (ms >= 60_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  return `${ms.toLocaleString('en', { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;
}

/** A part of a whole; Infinity: more than all of it. */
export function percentInWords(share: number): string {
  if (share === Number.POSITIVE_INFINITY) return 'over 100 %';
  const percent = share * 100;
  return `${percent.toLocaleString('en', { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}

/** A time that something has lasted: "12 s", "5 min", "3 h". */
export function secondsInWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** An RPC or a route without the package that its service lies in: "InventoryService/ListProducts". */
export const shortRpc = (path: string) => path.replace(/^\/?(?:\w+\.)*(?=\w+\/)/, '');
