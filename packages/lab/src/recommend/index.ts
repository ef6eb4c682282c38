export { type Interactions, packInteractions } from './interactions.ts';
export { measureRanking, type RankingMeasures } from './measures.ts';
export { learnNeighbours, type NeighbourOptions, type Neighbours, usualNeighbours } from './neighbours.ts';
