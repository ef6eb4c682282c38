import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import Components from 'unplugin-vue-components/vite';
import { defineConfig } from 'vite';

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [
    vue(),
    Components({
      dirs: [], // written on request only: a build must not change its own sources
      dts: mode === 'components' ? 'src/components.d.ts' : false,
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
  ],
  build: {
    target: 'es2022',
    // gzip sizing costs seconds of a user's first start
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5180,
    proxy: Object.fromEntries(
      ['/api', '/media'].map((path) => [path, process.env.CONSOLE_API ?? 'http://127.0.0.1:3000']),
    ),
  },
}));
