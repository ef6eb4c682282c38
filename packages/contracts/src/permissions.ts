/** Console permissions. A console route names exactly one; a route without one does not start (deny by default). */
export const permissions = {
  'dashboard.read': '查看概览',
  'catalog.read': '查看商品',
  'catalog.write': '编辑商品',
  'catalog.publish': '上架与下架',
  'inventory.read': '查看库存',
  'inventory.adjust': '调整库存',
  'orders.read': '查看订单',
  'orders.remark': '订单备注',
  'fulfilment.ship': '发货',
  'refunds.read': '查看退款',
  'refunds.decide': '处理退款',
  'reviews.read': '查看评价',
  'reviews.moderate': '审核与回复评价',
  'media.write': '上传素材',
  'settings.read': '查看设置',
  'settings.write': '修改设置',
  'staff.read': '查看员工',
  'staff.write': '管理员工与角色',
  'audit.read': '查看操作日志',
  'payments.read': '查看收款',
  'payments.resolve': '处理收款异常',
} as const;
export type Permission = keyof typeof permissions;
export const allPermissions = Object.keys(permissions) as Permission[];
