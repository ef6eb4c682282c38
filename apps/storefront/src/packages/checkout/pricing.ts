/** Replaced by one bundle at build time: uni would put modules from outside src into the main package. */
export { chooseCoupons } from '@xiaopu/pricing';
