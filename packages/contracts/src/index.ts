export * from './cart.ts';
export * from './catalog.ts';
export * from './common.ts';
export * from './events.ts';
export * from './identity.ts';
export * from './orders.ts';
export * from './payments.ts';
export * from './permissions.ts';
