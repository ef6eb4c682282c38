import type { Stack } from './stack.ts';
export async function startCluster(_stack: Stack): Promise<{ url: string }> {
  return { url: '' };
}
export async function stopCluster(_stack: Stack): Promise<void> {}
