import { requirePrograms } from './programs.ts';
import { buildImages, images } from './shop-images.ts';

const help = `Builds an image of each of the four processes: ${images.join(', ')}

  npm run images

Settings, as environment variables:
  NODE_IMAGE node:24-bookworm-slim   the base
`;

if (process.argv.includes('--help')) process.stdout.write(help);
else {
  try {
    requirePrograms('docker');
    await buildImages();
    process.stdout.write(`Built ${images.join(', ')}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
