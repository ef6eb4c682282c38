export { type Recognised, recognise } from './recognise.ts';
export { findRegion, type Region } from './region.ts';
