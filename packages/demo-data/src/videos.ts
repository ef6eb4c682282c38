/** Products of the demo that have a video, by SPU code; the files lie in ../videos and are drawn by us (scripts/make-videos.ts). */
export const videoFiles: ReadonlyMap<string, string> = new Map([
  ['XP0238', 'cookware.mp4'],
  ['XP0285', 'hand-cream.mp4'],
  ['XP0025', 'bedding.mp4'],
]);
