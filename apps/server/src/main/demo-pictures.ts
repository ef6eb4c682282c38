/** The demo's pictures: known by id when the shop is filled, drawn when somebody first looks at one. */
import { join } from 'node:path';
import { buildCatalogue, type DemoCatalogue, type DemoPicture, drawPicture } from '@xiaopu/demo-data';
import { idOf } from '@xiaopu/demo-data/seeded';
import type { App } from '#platform/http/app.ts';
import { serveFolder } from '#platform/http/pages.ts';
import type { Drawing } from '../modules/media/index.ts';

const pictureWidth = 1_000;
/** Where the demo's few videos are served: not through the media module, which takes no videos. */
export const demoVideoPrefix = '/media/video/';

/** Byte ranges included: players ask for them. */
export const demoVideoRoutes = (app: App): Promise<void> =>
  serveFolder(app, {
    root: join(import.meta.dirname, '../../../../packages/demo-data/videos'),
    prefix: demoVideoPrefix,
  });

export const mediaIdOf = (picture: DemoPicture): string => idOf('media', picture.key);

/** One drawing a key, however many products share it. */
export function drawingsOf(demo: DemoCatalogue): Drawing[] {
  const byKey = new Map([...picturesOf(demo)].map((picture) => [picture.key, picture]));
  return [...byKey.values()].map((picture) => ({
    mediaId: mediaIdOf(picture),
    width: pictureWidth,
    height: Math.round(pictureWidth / picture.ratio),
    alt: picture.alt,
  }));
}

/** Draws by id. The catalogue is built at the first call: an install without the demo never needs it. */
export function createDemoDrawer(): (mediaId: string) => Promise<string | undefined> {
  let known: { demo: DemoCatalogue; keyOf: ReadonlyMap<string, string> } | undefined;
  return async (mediaId) => {
    if (!known) {
      const demo = buildCatalogue();
      known = { demo, keyOf: new Map([...picturesOf(demo)].map((picture) => [mediaIdOf(picture), picture.key])) };
    }
    const key = known.keyOf.get(mediaId);
    return key === undefined ? undefined : drawPicture(known.demo, key);
  };
}

function* picturesOf({ shops, stores, categories, spus, banners, reviews }: DemoCatalogue): Generator<DemoPicture> {
  for (const banner of banners) yield banner.picture;
  for (const category of categories) yield category.picture;
  for (const { logo } of shops) yield logo;
  for (const { cover } of stores) yield cover;
  for (const { pictures, skus, detail } of spus) {
    yield* pictures;
    for (const { picture } of skus) yield picture;
    for (const block of detail) if (block.kind === 'picture') yield block.picture;
  }
  for (const { avatar, pictures } of reviews) yield* [avatar, ...pictures];
}
