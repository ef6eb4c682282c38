/** Pictures from the shopper's phone to the shop: chosen by a tap, uploaded one by one as multipart. */

import { ApiError } from '@xiaopu/api-client/transport';
import type { MediaUploaded } from '@xiaopu/contracts';
import { clientError } from './errors';
import { sessionKeeper } from './session';

/** Local paths, empty when the shopper cancels. */
export function choosePictures(most: number): Promise<string[]> {
  return new Promise((resolve) => {
    uni.chooseImage({
      count: most,
      sizeType: ['compressed'],
      success: ({ tempFilePaths }) =>
        resolve(Array.isArray(tempFilePaths) ? tempFilePaths.slice(0, most) : [tempFilePaths]),
      fail: () => resolve([]),
    });
  });
}

export function uploadPicture(filePath: string): Promise<MediaUploaded> {
  return new Promise((resolve, reject) => {
    uni.uploadFile({
      url: `${__API_BASE__}/api/media`,
      filePath,
      name: 'file',
      header: { authorization: `Bearer ${sessionKeeper.token() ?? ''}` },
      timeout: 30_000,
      success: ({ statusCode, data }) => {
        try {
          const reply = JSON.parse(data) as MediaUploaded & { error?: ApiError['details'] };
          if (statusCode >= 200 && statusCode < 300) resolve(reply);
          else reject(new ApiError(statusCode, reply.error as never));
        } catch {
          reject(clientError('client.bad_reply', ''));
        }
      },
      fail: ({ errMsg = '' }: { errMsg?: string }) =>
        reject(clientError(/timeout/i.test(errMsg) ? 'client.timeout' : 'client.network', '')),
    });
  });
}
