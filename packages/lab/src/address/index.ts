export { type Recognised, recogniseAddress } from './recognise.ts';
export { findRegion, type Region } from './region.ts';
