export { html, type Markup, part } from './markup.ts';
export { page } from './page.ts';
