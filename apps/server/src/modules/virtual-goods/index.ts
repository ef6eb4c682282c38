export { virtualGoodsRoutes } from './virtual-goods.routes.ts';
export { createVirtualGoods, type VirtualGoods, type VirtualGoodsDeps } from './virtual-goods.service.ts';
export { virtualGoodsSubscribers } from './virtual-goods.subscribers.ts';
