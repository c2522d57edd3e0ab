export { diffToHtml } from './diff.ts';
export { toHtml } from './report.ts';
