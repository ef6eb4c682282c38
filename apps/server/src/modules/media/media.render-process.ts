/** The renderer's process: takes one picture at a time from its parent, answers with bytes or with what was wrong. */
import { AppError } from '#platform/errors.ts';
import type { VariantName } from './media.domain.ts';
import { drawsChinese, normalise, renderVariant } from './media.render.ts';

export type RenderTask =
  | { kind: 'normalise'; upload: Uint8Array; maxMegapixels: number }
  | { kind: 'variant'; original: Uint8Array; name: VariantName }
  | { kind: 'fonts' };
export type RenderAnswer =
  | { taskId: number; result: Awaited<ReturnType<typeof normalise>> | Uint8Array | boolean }
  | { taskId: number; refusal: { code: string; details: unknown } }
  | { taskId: number; failure: string };

function work(task: RenderTask): Promise<Awaited<ReturnType<typeof normalise>> | Uint8Array | boolean> {
  if (task.kind === 'fonts') return drawsChinese();
  return task.kind === 'normalise'
    ? normalise(task.upload, task.maxMegapixels)
    : renderVariant(task.original, task.name);
}

process.on('message', ({ taskId, task }: { taskId: number; task: RenderTask }) => {
  work(task).then(
    (result) => process.send?.({ taskId, result } satisfies RenderAnswer),
    (error: unknown) => {
      const answer: RenderAnswer =
        error instanceof AppError
          ? { taskId, refusal: { code: error.code, details: error.details } }
          : { taskId, failure: error instanceof Error ? error.message : String(error) };
      process.send?.(answer);
    },
  );
});
process.on('disconnect', () => process.exit(0));
