import type { VNode } from 'preact';

/** How turned, shifted or long something is, from 0 to 1: the same for the same product. */
type Draw = (which: number) => number;

/** What each category's pictures show, in a field of 240 by 180. */
const motifs: Readonly<Record<string, (draw: Draw) => VNode>> = {
  kitchen: (draw) => (
    <>
      <path class="b" d="M60 80h112v32a40 40 0 0 1-40 40h-32a40 40 0 0 1-40-40z" />
      <path class="line" d="M172 92h10a16 16 0 0 1 0 32h-12" />
      <path class="line thin" d={`M92 62q-8-${10 + 10 * draw(1)} 0-28M116 62q8-14 0-32M140 62q-8-14 0-24`} />
    </>
  ),
  audio: (draw) => (
    <>
      <circle class="a" cx="120" cy="90" r={62} />
      <circle class="b" cx="120" cy="90" r={40 + 6 * draw(1)} />
      <circle class="light" cx="120" cy="90" r={18 - 6 * draw(2)} />
      <circle class="c" cx="120" cy="90" r="6" />
    </>
  ),
  books: (draw) => (
    <g transform={`rotate(${-8 + 8 * draw(1)} 120 90)`}>
      <rect class="a" x="58" y="112" width="124" height="26" rx="4" />
      <rect class="b" x="68" y="82" width={96 + 20 * draw(2)} height="26" rx="4" />
      <rect class="c" x="62" y="52" width={90 + 24 * draw(3)} height="26" rx="4" />
      <path class="line light-line" d="M76 125h40M82 95h30M76 65h24" />
    </g>
  ),
  garden: (draw) => (
    <>
      <path class="line" d="M120 112V62" />
      <ellipse class="b" cx="98" cy={62 - 10 * draw(1)} rx="26" ry="13" transform="rotate(32 98 58)" />
      <ellipse class="c" cx="144" cy={54 - 10 * draw(2)} rx="28" ry="14" transform="rotate(-34 144 50)" />
      <path class="a" d="M82 108h76l-10 44H92z" />
    </>
  ),
  sports: (draw) => (
    <g transform={`rotate(${draw(1) * 90} 120 90)`}>
      <circle class="a" cx="120" cy="90" r="56" />
      <path class="line light-line" d="M64 90h112M120 34v112M84 47q34 43 0 86M156 47q-34 43 0 86" />
    </g>
  ),
  toys: (draw) => (
    <>
      <rect class="a" x="54" y="96" width="52" height="52" rx="8" />
      <rect class="b" x="134" y="96" width="52" height="52" rx="26" />
      <path class="c" d="M120 34l34 52H86z" transform={`rotate(${-10 + 20 * draw(1)} 120 66)`} />
    </>
  ),
  clothing: (draw) => (
    <>
      <path class="b" d="M92 40l28 14 28-14 36 26-16 26-14-8v62H86V84l-14 8-16-26z" />
      <path class="line light-line" d={`M98 ${96 + 14 * draw(1)}h44M98 ${112 + 14 * draw(1)}h44`} />
    </>
  ),
  beauty: (draw) => (
    <>
      <rect class="b" x="92" y="72" width="56" height="76" rx={8 + 16 * draw(1)} />
      <rect class="c" x="106" y="40" width="28" height="28" rx="5" />
      <circle class="light" cx="120" cy="110" r="13" />
    </>
  ),
  office: (draw) => (
    <g transform={`rotate(${-10 + 16 * draw(1)} 120 90)`}>
      <rect class="a" x="78" y="34" width="84" height="114" rx="8" />
      <path class="line light-line" d="M96 64h48M96 84h48M96 104h30" />
      <rect class="c" x="150" y="52" width="11" height="78" rx="4" />
    </g>
  ),
  grocery: (draw) => (
    <>
      <circle class="b" cx="102" cy="106" r="36" />
      <circle class="a" cx="144" cy={108 - 8 * draw(1)} r="32" />
      <path class="line" d="M104 72q4-26 26-34" />
      <ellipse class="c" cx="142" cy="46" rx="20" ry="9" transform="rotate(-18 142 46)" />
    </>
  ),
  furniture: (draw) => (
    <>
      <rect class="b" x="58" y={58 - 10 * draw(1)} width="124" height="58" rx="16" />
      <rect class="a" x="46" y="88" width="148" height="42" rx="14" />
      <path class="line" d="M66 130v20M174 130v20" />
    </>
  ),
  electronics: (draw) => (
    <>
      <rect class="b" x="56" y="42" width="128" height="84" rx="9" />
      <rect class="light" x="66" y="52" width="108" height="64" rx="4" />
      <path class="line" d={`M76 100l22-${14 + 20 * draw(1)} 20 12 22-26 24 18`} />
      <rect class="a" x="92" y="134" width="56" height="10" rx="5" />
    </>
  ),
};

const hues: Readonly<Record<string, number>> = {
  kitchen: 45,
  audio: 280,
  books: 20,
  garden: 145,
  sports: 250,
  toys: 95,
  clothing: 350,
  beauty: 320,
  office: 220,
  grocery: 120,
  furniture: 65,
  electronics: 195,
};

/** A picture of a product, drawn from its number: the same one each time, and no two alike in a page. */
export function Picture({ productId, category }: { readonly productId: string; readonly category: string }) {
  const number = Number(productId);
  // Multiples of an irrational number spread evenly.
  const draw = (which: number) => (number * 0.618034 * (which + 1)) % 1;
  const hue = (hues[category] ?? 30) + 24 * (draw(0) - 0.5);
  return (
    <svg class="picture" viewBox="0 0 240 180" aria-hidden="true" style={{ '--hue': hue }}>
      {(motifs[category] ?? motifs.office)?.(draw)}
    </svg>
  );
}
