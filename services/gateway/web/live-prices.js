/**
 * Prices as they change: one event stream for all products shown. The browser itself comes back after a break, with
 * the id of the last event it saw; only where the server refused the stream it is begun anew.
 */

const againMs = 5_000;

/**
 * Follows products until the returned function is called.
 * @param onPrice gets each price event
 * @param onState gets "connecting", "live" or "lost"
 */
export function followPrices(productIds, currency, { onPrice, onState }) {
  let source;
  let timer;
  const open = () => {
    onState('connecting');
    source = new EventSource(`/api/prices/stream?${new URLSearchParams({ productIds, currency })}`);
    source.addEventListener('open', () => onState('live'));
    source.addEventListener('price', ({ data }) => onPrice(JSON.parse(data)));
    source.addEventListener('error', () => {
      onState('lost');
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, againMs);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
