export * from './catalog.ts';
export * from './payments.ts';
export * from './finance.ts';
export * from './session.ts';
export * from './trade.ts';
