export { diffToHtml } from './diff.ts';
export { reportBody, toHtml } from './report.ts';
export { style } from './style.ts';
