/** What each module is (docs/ARCHITECTURE.md): capabilities know no module, processes use capabilities, observers listen. */
export const moduleKinds: Record<string, 'capability' | 'process' | 'observer'> = {
  identity: 'capability',
  members: 'capability',
  stores: 'capability',
  catalog: 'capability',
  search: 'capability',
  media: 'capability',
  inventory: 'capability',
  payments: 'capability',
  logistics: 'capability',
  messaging: 'capability',
  cart: 'process',
  checkout: 'process',
  orders: 'process',
  fulfilment: 'process',
  reviews: 'process',
  analytics: 'observer',
};
