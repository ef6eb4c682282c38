/** One set of real servers for the whole run, on a throw-away folder, with a migrated template each test copies. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openStack } from '../../../../scripts/stack/stack.ts';
import useTemplate from '../global-setup.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stackFolder: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.STACK_FOLDER;
  const stack = await openStack(given ?? (await mkdtemp(join(tmpdir(), 'xiaopu-stack-'))));
  const close = async () => {
    if (given) return;
    await stack.stop();
    stack.remove();
  };
  try {
    await stack.start();
    project.provide('stackFolder', stack.folder);
    process.env.TEST_DATABASE_URL = stack.env.DATABASE_URL;
    const dropTemplate = await useTemplate(project);
    return async () => {
      await dropTemplate();
      await close();
    };
  } catch (error) {
    await close();
    throw error;
  }
}
