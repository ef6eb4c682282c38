/** Who is signed in, on which shop, and what they may do there. */
import type { StaffSession } from '@xiaopu/contracts/console';
import type { Permission } from '@xiaopu/contracts/permissions';
import { computed, shallowRef } from 'vue';
import { ApiError, actOnShop, api } from './api.ts';

const SHOP_KEY = 'xiaopu.console.shop';
const session = shallowRef<StaffSession | null>(null);
const shopId = shallowRef('');

function take(next: StaffSession): void {
  const wanted = localStorage.getItem(SHOP_KEY);
  const shop =
    next.shops.find((each) => each.shopId === wanted) ??
    next.shops.find((each) => each.shopId === next.currentShopId) ??
    next.shops[0];
  session.value = next;
  shopId.value = shop?.shopId ?? '';
  actOnShop(shopId.value);
}

const shop = computed(() => session.value?.shops.find((each) => each.shopId === shopId.value) ?? null);
const permissions = computed<readonly string[]>(() => shop.value?.permissions ?? []);

export function useSession() {
  return {
    session,
    shop,
    shopId,
    permissions,
    can: (permission: Permission): boolean => permissions.value.includes(permission),
  };
}

/** Null when nobody is signed in; other failures are thrown. */
export async function loadSession(): Promise<StaffSession | null> {
  try {
    take(await api.session.get());
    return session.value;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export async function signIn(input: { account: string; password: string; totp?: string }): Promise<void> {
  take(await api.session.login(input));
}

export async function signOut(): Promise<void> {
  try {
    await api.session.end();
  } finally {
    session.value = null;
  }
}

export function forgetSession(): void {
  session.value = null;
}

export function switchShop(id: string): void {
  localStorage.setItem(SHOP_KEY, id);
  shopId.value = id;
  actOnShop(id);
}
