import { html, type Markup } from './markup.ts';
import { baseStyle } from './style.ts';

/**
 * A whole page that loads nothing from anywhere and runs no script, in light or dark as its reader likes.
 * @param style what it has besides the base: CSS
 * @param script a path of its own server: the one script that it runs, which may ask that server
 */
export function page(title: string, body: Markup, style: string, script?: string): string {
  const allowed = script === undefined ? '' : "; script-src 'self'; connect-src 'self'";
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${{ markup: `default-src 'none'; style-src 'unsafe-inline'${allowed}` }}">
<title>${title}</title>
${script === undefined ? undefined : html`<script src="${script}" defer></script>`}
<style>${{ markup: baseStyle + style }}</style>
</head>
<body>${body}</body>
</html>
`;
  return markup;
}
