/** Pictures of what went wrong: chosen, uploaded one by one, and tried again by a tap. */
import type { Picture } from '@xiaopu/contracts';
import { computed, reactive } from 'vue';
import { mediaUrl } from '@/platform/image';
import { toastError } from '@/platform/toast';
import { choosePictures, uploadPicture } from '@/platform/upload';

export const mostPictures = 9;
export interface Shot {
  key: number;
  path: string;
  mediaId: string;
  failed: boolean;
}

export function useEvidence() {
  const state = reactive({ shots: [] as Shot[] });
  let nextKey = 0;

  async function send(key: number): Promise<void> {
    const shot = state.shots.find((one) => one.key === key);
    if (shot === undefined) return;
    shot.failed = false;
    try {
      const { mediaId, picture } = await uploadPicture(shot.path);
      Object.assign(shot, { mediaId, path: mediaUrl(picture.url) });
    } catch (error) {
      shot.failed = true;
      toastError(error);
    }
  }
  return {
    state,
    isUploading: computed(() => state.shots.some((shot) => shot.mediaId === '' && !shot.failed)),
    mediaIds: (): string[] => state.shots.filter((shot) => shot.mediaId !== '').map((shot) => shot.mediaId),
    /** What was shown with an earlier asking. */
    take(pictures: readonly Picture[]): void {
      state.shots = pictures.map(({ mediaId, url }) => ({
        key: nextKey++,
        path: mediaUrl(url),
        mediaId,
        failed: false,
      }));
    },
    async add(): Promise<void> {
      for (const path of await choosePictures(mostPictures - state.shots.length)) {
        const key = nextKey++;
        state.shots.push({ key, path, mediaId: '', failed: false });
        await send(key);
      }
    },
    press(shot: Shot): void {
      if (shot.failed) void send(shot.key);
    },
    drop(key: number): void {
      state.shots = state.shots.filter((shot) => shot.key !== key);
    },
  };
}
export type Evidence = ReturnType<typeof useEvidence>;
