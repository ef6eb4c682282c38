import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];
// One worker loads the server once and not for each of its files, which took two thirds of the time. What a file opens it closes,
// and what it replaces it puts back: the next one finds the same modules.
const isolate = false;
const setupFiles = [fileURLToPath(new URL('vitest.setup.ts', import.meta.url))];

export default defineConfig({
  test: {
    // Every core: tests wait for PostgreSQL as much as they compute. Vitest alone would leave one free, half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: 'server',
          root: 'apps/server',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          // These need real servers: `npm run test:stack`.
          exclude: [...exclude, 'test/stack/**'],
          globalSetup: ['test/global-setup.ts'],
          setupFiles,
          isolate,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'packages',
          include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude,
          setupFiles,
          isolate,
        },
      },
      {
        test: {
          name: 'sandbox',
          root: 'apps/sandbox',
          include: ['**/*.test.ts'],
          exclude,
          isolate,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'storefront',
          root: 'apps/storefront',
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
          exclude,
        },
      },
      {
        test: {
          name: 'journeys',
          root: 'journeys',
          // Without a browser there is nothing to walk with: scripts/test.ts says so in plain words.
          include: process.env.CHROMIUM_PATH ? ['**/*.test.ts'] : [],
          exclude,
          globalSetup: ['global-setup.ts'],
          testTimeout: 90_000,
          hookTimeout: 150_000,
          // A browser on a busy machine may miss a moment once; twice in a row is a fault.
          retry: 1,
          fileParallelism: false,
          expect: { poll: { timeout: 12_000 } },
        },
      },
      { test: { name: 'console', root: 'apps/console', include: ['src/**/*.test.ts'], exclude } },
    ],
  },
});
