import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import uniPlugin from '@dcloudio/vite-plugin-uni';
import { build, defineConfig, type Plugin } from 'vite';

// The plugin is CommonJS: under ESM its function hides one level deeper.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin;
const isH5 = (process.env.UNI_PLATFORM ?? 'h5') === 'h5';

/** The mini program runtime fetches a picture from its maker's CDN at each start; a shop talks to its own hosts only. */
const noVendorRequest: Plugin = {
  name: 'xiaopu:no-vendor-request',
  enforce: 'pre',
  transform(code, id) {
    if (!/uni-mp-[a-z]+[/\\]dist[/\\]uni\.mp\.esm\.js$/.test(id)) return null;
    return { code: code.replace(/^\s*preloadAsset\(\);\s*$/m, ''), map: null };
  },
  // The other targets do it by style: rules whose only end is that picture.
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !/\.(css|wxss|acss)$/.test(file.fileName)) continue;
        const css = typeof file.source === 'string' ? file.source : new TextDecoder().decode(file.source);
        file.source = css.replace(/[^{}]*\{[^{}]*\/\/cdn\d?\.dcloud\.net\.cn[^{}]*\}/g, '');
      }
    },
  },
};

/** H5 fetches the other pages' scripts when it has nothing else to do, so that a later tap does not wait for them. */
const prefetchPages: Plugin = {
  name: 'xiaopu:prefetch-pages',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const later = Object.keys(bundle ?? {}).filter((file) => /\.(js|css)$/.test(file) && !html.includes(file));
      return later.map((file) => ({
        tag: 'link',
        attrs: {
          rel: 'prefetch',
          href: `./${file}`,
          as: file.endsWith('.js') ? 'script' : 'style',
          ...(file.endsWith('.js') ? { crossorigin: '' } : {}),
        },
        injectTo: 'head',
      }));
    },
  },
};

/** uni moves every module from outside src into the main package; the list of divisions belongs to the addresses alone. */
const divisionsInPlace: Plugin = {
  name: 'xiaopu:divisions-in-place',
  enforce: 'pre',
  load(id) {
    if (!/packages[/\\]addresses[/\\]divisions\.ts$/.test(id)) return null;
    return readFileSync(
      fileURLToPath(new URL('../../packages/lab/src/address/divisions.data.ts', import.meta.url)),
      'utf8',
    );
  },
};

/** One file with all it needs, for old phones. */
async function bundle(entry: string, format: 'es' | 'iife'): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2017',
      minify: 'esbuild',
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: [format], name: 'coupons' },
    },
  });
  const [made] = Array.isArray(output) ? output : [output as Exclude<typeof output, { on: unknown }>];
  const [chunk] = (made as { output: { code?: string }[] }).output;
  if (chunk?.code === undefined) throw new Error(`nothing was built of ${entry}`);
  return chunk.code;
}

/** The price pipeline on this thread belongs to the checkout alone: uni would move it into the main package. */
const pricingInPlace: Plugin = {
  name: 'xiaopu:pricing-in-place',
  enforce: 'pre',
  load: (id) =>
    /packages[/\\]checkout[/\\]pricing\.ts$/.test(id)
      ? bundle('../../packages/pricing/src/choose-coupons.ts', 'es')
      : null,
};

/** WeChat's Worker may load files of its own folder only (app.json `workers`). */
const couponWorker: Plugin = {
  name: 'xiaopu:coupon-worker',
  apply: 'build',
  async generateBundle() {
    const source = await bundle('src/features/checkout/coupon-worker.ts', 'iife');
    this.emitFile({ type: 'asset', fileName: 'workers/coupons.js', source });
  },
};
/** Exact positions need WeChat's approval of the shop's category; without it only kilometres may be declared, never both. */
const isExact = process.env.EXACT_LOCATION === '1';
const declareExactLocation: Plugin = {
  name: 'xiaopu:declare-exact-location',
  apply: 'build',
  closeBundle: {
    order: 'post',
    sequential: true,
    handler() {
      const path = `${process.env.UNI_OUTPUT_DIR ?? 'dist/build/mp-weixin'}/app.json`;
      const app = JSON.parse(readFileSync(path, 'utf8'));
      app.requiredPrivateInfos = ['chooseAddress', 'getLocation'];
      app.permission = { 'scope.userLocation': Object.values(app.permission)[0] };
      writeFileSync(path, JSON.stringify(app, null, 2));
    },
  },
};

const isWeixin = process.env.UNI_PLATFORM === 'mp-weixin';

export default defineConfig({
  plugins: [
    noVendorRequest,
    divisionsInPlace,
    pricingInPlace,
    ...(isWeixin ? [couponWorker] : []),
    ...(isH5 ? [prefetchPages] : []),
    uni(),
    ...(isWeixin && isExact ? [declareExactLocation] : []),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __EXACT_LOCATION__: JSON.stringify(isExact),
    // Mini programs have no origin to be relative to; H5 is served by the shop itself.
    __API_BASE__: JSON.stringify(process.env.VITE_API_BASE ?? (isH5 ? '' : 'http://localhost:3000')),
  },
  build: {
    sourcemap: false,
    reportCompressedSize: false,
    // Old phones run the mini program's script as it is: no syntax past what they know.
    target: isH5 ? 'es2019' : 'es2017',
  },
});
