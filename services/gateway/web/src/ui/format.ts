/** An amount of money as people write it. null: there is none. */
export function money(amount: number | null, currency: string): string {
  if (amount === null) return `no price in ${currency}`;
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
}

/** Time that is left, such as "04:59", "1:00:00" or "2 d 03:00:00". 0 and less: "00:00". */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  if (hours === 0) return minutes;
  return hours < 24 ? `${hours}:${minutes}` : `${Math.floor(hours / 24)} d ${two(hours % 24)}:${minutes}`;
}
