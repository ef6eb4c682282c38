/** wx.createWorker on a real thread of its own: what the page's thread spends is what posting and hearing cost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** In the thread: WeChat's global `worker`, and nothing of Node that a phone does not have. */
const shell = `
const { parentPort, workerData } = require('node:worker_threads');
const vm = require('node:vm');
const worker = {
  onMessage: (listener) => parentPort.on('message', listener),
  postMessage: (message) => parentPort.postMessage(message),
};
vm.runInNewContext(workerData, { worker, console });
`;

export function startWorker(dist: string, file: string) {
  const appJson = JSON.parse(readFileSync(join(dist, 'app.json'), 'utf8')) as { workers?: string };
  // As WeChat: only files of the declared folder.
  if (appJson.workers === undefined || !file.startsWith(`${appJson.workers}/`)) throw new Error(`no worker ${file}`);
  const thread = new Worker(shell, { eval: true, workerData: readFileSync(join(dist, file), 'utf8') });
  thread.unref();
  const posts: { spentMs: number }[] = [];
  const timed = <T>(run: () => T): T => {
    const before = performance.now();
    const result = run();
    posts.push({ spentMs: performance.now() - before });
    return result;
  };
  let asked = 0;
  return {
    posts,
    isBusy: () => asked > 0,
    worker: {
      postMessage(message: unknown): void {
        asked += 1;
        // WeChat copies what crosses; a reactive object of the page would not survive that otherwise.
        timed(() => thread.postMessage(JSON.parse(JSON.stringify(message))));
      },
      onMessage(listener: (message: unknown) => void): void {
        thread.on('message', (message) => {
          asked -= 1;
          timed(() => listener(message));
        });
      },
      onProcessKilled: () => undefined,
      terminate: () => void thread.terminate(),
    },
  };
}
