import { fileURLToPath } from 'node:url';
import uniPlugin from '@dcloudio/vite-plugin-uni';
import { defineConfig } from 'vite';

// The plugin is CommonJS: under ESM its function hides one level deeper.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin;

export default defineConfig({
  plugins: [uni()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    // Mini programs have no origin to be relative to; H5 is served by the shop itself.
    __API_BASE__: JSON.stringify(
      process.env.VITE_API_BASE ?? (process.env.UNI_PLATFORM === 'h5' ? '' : 'http://localhost:3000'),
    ),
  },
  build: { sourcemap: false, reportCompressedSize: false },
});
