/** The tests that need real servers; `npm run test:stack` runs them. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'stack',
    root: 'apps/server',
    include: ['test/stack/**/*.test.ts'],
    globalSetup: ['test/stack/global-setup.ts'],
    // They stop and kill what the others stand on.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
