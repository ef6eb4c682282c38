/** The address chosen for the checkout under way: the address pages set it, the checkout page reads it when it shows again. */
import { reactive } from 'vue';

export const picked = reactive({ addressId: '' });
