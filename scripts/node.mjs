// Runs the TypeScript program named by the first argument in this process. Plain JavaScript, so that every
// Node since 20 gets far enough to say what is missing.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Hotpath runs TypeScript unbuilt, which Node ${process.versions.node} cannot. Run it by an npm script ("npm start"), ` +
      'which uses the Node 24 that "npm ci" brings; where your platform has none, install Node 24: https://nodejs.org/en/download\n',
  );
  process.exit(1);
}
process.argv.splice(1, 1);
await import(pathToFileURL(resolve(process.argv[1])).href);
