export { buildCatalogue, DEFAULT_AS_OF, type GalleryView, galleryViews } from './catalogue/build.ts';
export { customers, type DemoCustomer, regulars } from './customers.ts';
export { drawPicture } from './pictures/draw.ts';
export { categoryIcons } from './pictures/icons.ts';
export { type Random, randomOf } from './seeded.ts';
export type * from './types.ts';
export { videoFiles } from './videos.ts';
