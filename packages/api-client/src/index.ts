export * from './buyer.ts';
export * from './console.ts';
export * from './transport.ts';
