/** Where picture bytes live: a folder by default, any S3-compatible store by setting. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface ObjectStorage {
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
}

export function createFolderStorage(folder: string): ObjectStorage {
  return {
    async put(key, bytes) {
      const path = join(folder, key);
      await mkdir(dirname(path), { recursive: true });
      // A reader must never meet half a file, nor a crash leave one: write aside, then rename.
      const aside = `${path}.${randomBytes(6).toString('hex')}`;
      await writeFile(aside, bytes);
      await rename(aside, path);
    },
    get: (key) =>
      readFile(join(folder, key)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
  };
}
