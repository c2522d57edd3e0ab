export { type Analysis, analyse } from './analysis.ts';
export { attributes } from './attributes.ts';
export type { Band, Slice } from './bands.ts';
export { spansOf } from './formats.ts';
export { toHtml } from './html/index.ts';
export { type Report, reportOf } from './report.ts';
export type { Cause, Kind, Span } from './span.ts';
