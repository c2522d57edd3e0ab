export { attributes } from './attributes.ts';
export { criticalPath } from './critical-path.ts';
export type { Segment } from './segments.ts';
export { type Cause, causes, type Kind, type Span } from './span.ts';
export { buildTrace, type Node, type Repair, type Trace } from './trace.ts';
