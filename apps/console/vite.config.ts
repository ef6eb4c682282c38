import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import Components from 'unplugin-vue-components/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [
    vue(),
    Components({ dirs: [], dts: 'src/components.d.ts', resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
  ],
  resolve: { alias: { '@': `${import.meta.dirname}/src` } },
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
});
