/** How rows of any module remember a picture; the media module turns it into URLs. */
import type { Picture } from '@xiaopu/contracts';

export interface PictureRef {
  mediaId: string;
  /** Content hash, the immutable part of its URLs. */
  hash: string;
  width: number;
  height: number;
  alt: string;
}

/** Pure: no look-up, so that lists of hundreds cost nothing. */
export type ToPicture = (ref: PictureRef) => Picture;
