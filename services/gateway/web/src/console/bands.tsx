import type { XrayView } from '../../../src/schemas/console.ts';
import { msInWords } from './words.ts';

type Band = NonNullable<XrayView['report']>['bands'][number];

/** What one process contributes to each band, ms. */
export type Hop = { readonly name: string; readonly ms: readonly number[] };

/** The processes that time is spent in, in the order in which a request meets most of it. */
export function hopsOf(bands: readonly Band[]): readonly Hop[] {
  const names = [...new Set(bands.flatMap(({ slices }) => slices.map(({ service }) => service)))];
  const sum = ({ slices }: Band, name: string) =>
    slices.reduce((total, { service, ms }) => total + (service === name ? ms : 0), 0);
  return names.map((name) => ({ name, ms: bands.map((band) => sum(band, name)) }));
}

/** One bar for each band, as long as its time, divided by process. The table beside it says the same. */
export function Bands({ bands }: { readonly bands: readonly Band[] }) {
  const hops = hopsOf(bands);
  const longest = Math.max(...bands.map(({ durationMs }) => durationMs));
  const part = (ms: number) => `${((ms / longest) * 100).toFixed(2)}%`;
  return (
    <figure class="bands">
      <figcaption>
        <ul class="legend">
          {hops.map(({ name }, i) => (
            <li key={name} data-hop={i % 6}>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      {bands.map(({ band, durationMs }, at) => {
        let from = 0;
        return (
          <div key={band} class="band">
            <span>{band}</span>
            <svg width="100%" height="26" aria-hidden="true">
              {hops.map(({ name, ms }, i) => {
                const x = from;
                from += ms[at] ?? 0;
                return (
                  <rect key={name} data-hop={i % 6} x={part(x)} width={part(ms[at] ?? 0)} height="26">
                    <title>{`${name}: ${msInWords(ms[at] ?? 0)}`}</title>
                  </rect>
                );
              })}
            </svg>
            <span class="number">{msInWords(durationMs)}</span>
          </div>
        );
      })}
    </figure>
  );
}
