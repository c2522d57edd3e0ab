import { command } from '@hotpath/cli';
import { requirePrograms } from './programs.ts';
import { buildImages, images } from './shop-images.ts';

const help = `Builds an image of each process: ${images.join(', ')}

  npm run images

  --help  print this

Settings, as environment variables:
  NODE_IMAGE node:24-bookworm-slim   the base
`;

await command({ name: 'npm run images', help }, async () => {
  requirePrograms('docker');
  await buildImages();
  process.stdout.write(`Built ${images.join(', ')}\n`);
});
