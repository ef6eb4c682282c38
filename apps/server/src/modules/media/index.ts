export type { PictureRef, ToPicture } from '#platform/picture.ts';
export { isVariant, type VariantName } from './media.domain.ts';
export { mediaRoutes } from './media.routes.ts';
export { createS3Storage, type S3Settings } from './media.s3.storage.ts';
export { createMedia, type Drawing, type Media, type MediaDependencies, type StoredUpload } from './media.service.ts';
export { createFolderStorage, type ObjectStorage } from './media.storage.ts';
