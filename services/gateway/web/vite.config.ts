import { defineConfig } from 'vite';

/**
 * One build for the shop and one for the console, by mode, so that a production image can hold the shop alone.
 * `npm run dev -w @hotpath/web` serves both from source, beside a shop that `npm start` runs.
 */
export default defineConfig(({ mode }) => {
  const isConsole = mode === 'console';
  return {
    base: isConsole ? '/console/' : '/',
    build: {
      target: 'es2022',
      rolldownOptions: { input: isConsole ? 'console.html' : 'index.html' },
      // The content security policy allows no data: URLs and no script in the page.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The gateway serves public/ itself.
      copyPublicDir: false,
      reportCompressedSize: false,
    },
    server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  };
});
