/** S3 and what speaks it (Aliyun OSS, MinIO …): path-style addresses, Signature Version 4. */
import { AwsClient } from 'aws4fetch';
import { AppError } from '#platform/errors.ts';
import type { ObjectStorage } from './media.storage.ts';

export interface S3Settings {
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const timeoutMs = 10_000;

/** @param send repeats what failed, if it should be repeated */
export function createS3Storage(
  { endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Settings,
  send: typeof fetch = fetch,
): ObjectStorage {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  const addressOf = (key: string) => `${endpoint.replace(/\/+$/, '')}/${bucket}/${key}`;
  const call = async (key: string, init: RequestInit): Promise<Response> => {
    const { url, headers } = await client.sign(addressOf(key), init);
    const response = await send(url, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) }).catch(
      (cause: unknown) => {
        throw unavailable(cause instanceof Error ? cause.message : 'no answer');
      },
    );
    if (!response.ok && response.status !== 404) {
      await response.body?.cancel();
      throw unavailable(`status ${response.status}`);
    }
    return response;
  };
  return {
    async put(key, bytes, contentType) {
      const body = bytes as Uint8Array<ArrayBuffer>;
      const response = await call(key, { method: 'PUT', body, headers: { 'content-type': contentType } });
      await response.body?.cancel();
      if (response.status === 404) throw unavailable('no such bucket');
    },
    async get(key) {
      const response = await call(key, { method: 'GET' });
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

const unavailable = (reason: string) =>
  new AppError('media.storage_unavailable', 'unavailable', '图片服务暂时不可用', { reason });
