/**
 * Renders pictures in a process of its own, started when needed and ended when idle: libvips and librsvg want a few hundred
 * megabytes for a while, which the shop would otherwise keep for ever. A renderer that dies fails its tasks; the next
 * picture starts a new one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { VariantName } from './media.domain.ts';
import { dimensionsRefused, pictureBroken, typeRefused } from './media.errors.ts';
import type { NormalisedPicture } from './media.render.ts';
import type { RenderAnswer, RenderTask } from './media.render-process.ts';

export interface Renderer {
  /** @throws media.type_refused, media.dimensions_refused, media.picture_broken */
  normalise(upload: Uint8Array, maxMegapixels: number): Promise<NormalisedPicture>;
  renderVariant(original: Uint8Array, name: VariantName): Promise<Uint8Array>;
  /** Whether there is a font with Chinese in it. */
  drawsChinese(): Promise<boolean>;
}

interface Waiting {
  done: (result: never) => void;
  fail: (error: unknown) => void;
}

const idleMs = 10_000;

export function createRenderer(): Renderer {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastTaskId = 0;
  const waiting = new Map<number, Waiting>();

  function start(): ChildProcess {
    const started = fork(join(import.meta.dirname, 'media.render-process.ts'), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    started.on('message', (answer: RenderAnswer) => {
      const task = waiting.get(answer.taskId);
      waiting.delete(answer.taskId);
      if (task) settle(task, answer);
      if (waiting.size === 0) rest();
    });
    started.on('exit', () => {
      if (child !== started) return;
      child = undefined;
      for (const { fail } of waiting.values()) fail(new Error('the picture renderer ended'));
      waiting.clear();
    });
    return started;
  }

  /** An idle renderer keeps neither memory nor the process that asked it. */
  function rest(): void {
    child?.unref();
    child?.channel?.unref();
    idle = setTimeout(() => {
      const resting = child;
      child = undefined;
      resting?.disconnect();
    }, idleMs).unref();
  }

  function ask<T>(task: RenderTask): Promise<T> {
    clearTimeout(idle);
    child ??= start();
    child.ref();
    child.channel?.ref();
    const taskId = ++lastTaskId;
    return new Promise<T>((done, fail) => {
      waiting.set(taskId, { done: done as (result: never) => void, fail });
      child?.send({ taskId, task });
    });
  }

  return {
    normalise: (upload, maxMegapixels) => ask({ kind: 'normalise', upload, maxMegapixels }),
    drawsChinese: () => ask({ kind: 'fonts' }),
    renderVariant: (original, name) => ask({ kind: 'variant', original, name }),
  };
}

function settle({ done, fail }: Waiting, answer: RenderAnswer): void {
  if ('result' in answer) done(answer.result as never);
  else if ('failure' in answer) fail(new Error(`a picture could not be rendered: ${answer.failure}`));
  else fail(refusalOf(answer.refusal));
}

function refusalOf({ code, details }: { code: string; details: unknown }): Error {
  if (code === typeRefused.code) return typeRefused();
  if (code === pictureBroken.code) return pictureBroken();
  if (code === dimensionsRefused.code) return dimensionsRefused(details as { maxMegapixels: number });
  return new Error(`the renderer refused with ${code}`);
}
