import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
const pages = execFileSync('git', listed, { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((page) => existsSync(join(root, page)));

/** A page without its blocks of code. */
const proseOf = (page: string) =>
  readFileSync(join(root, page), 'utf8').replace(/^( *)```[\s\S]*?^\1```/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string) =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** What a page names that is not there: targets of relative links, headings, and paths of this repository. */
function missing(page: string): string[] {
  const prose = proseOf(page);
  const links = [...prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, link = '']) => link,
  );
  const broken = links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  const folders = 'bench|cdk8s|charts|dashboards|docs|k8s|packages|protos|scripts|services|tests';
  const paths = [...prose.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'))].map(
    ([, path]) => path ?? '',
  );
  // A page may tell of what a command makes, a service say.
  const text = readFileSync(join(root, page), 'utf8');
  const made = [...text.matchAll(/^npm run new -- service (\w+)/gm)].map(([, name]) => name ?? '');
  const told = paths.filter((path) => ![...made, 'NAME', 'node_modules'].some((name) => path.includes(name)));
  return [...broken, ...told.filter((path) => !existsSync(join(root, path)))];
}

test('there are pages, and what a page lacks is found', () => {
  expect(pages).toContain('README.md');
  expect(pages).toContain('docs/security.md');
  expect(anchorsOf('docs/security.md')).toContain('threat-model');
});

test.each(pages)('what %s links to and names is there', (page) => {
  expect(missing(page)).toEqual([]);
});

test('docs/layout.md tells of every folder at the top, and of every package', () => {
  const tracked = execFileSync('git', ['ls-files', '*/*'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
  const folders = tracked.map((file) =>
    file
      .split('/')
      .slice(0, file.startsWith('packages/') ? 2 : 1)
      .join('/'),
  );
  const text = readFileSync(join(root, 'docs/layout.md'), 'utf8');
  const shown = new Set(folders.filter((folder) => !/^\.(vscode|devcontainer)$/.test(folder)));
  expect([...shown].filter((folder) => !text.includes(`\`${folder}`))).toEqual([]);
});
