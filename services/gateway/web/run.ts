import { resolve } from 'node:path';
import { buildPages, ensurePages, type Pages } from './build.ts';

const [pages, folder] = process.argv.slice(2);
if (pages === undefined) await ensurePages((words) => process.stdout.write(`${words}\n`));
// For an image, which has no use for a stamp: `node run.ts shop FOLDER`.
else await buildPages(pages as Pages, resolve(folder ?? pages));
