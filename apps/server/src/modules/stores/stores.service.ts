import type { ShopCard, StoreCard } from '@xiaopu/contracts';
import type { PolicySettings, ShopProfile, ShopProfileInput } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import { declaredPolicies, type Policies } from '#platform/policy.ts';
import * as clerks from './stores.clerks.ts';
import { everyShopNeeded, logoNotFound, shopNotFound } from './stores.errors.ts';
import { createNearStores } from './stores.near.ts';
import type { ShopRow, StoreRow } from './stores.repository.ts';
import * as repository from './stores.repository.ts';

export interface ShopSummary {
  shopId: string;
  name: string;
  logo: PictureRef | null;
  brandColor: string;
  slogan: string;
  servicePhone: string;
  shipsFrom: string;
}

export interface StoresDeps {
  clock: Clock;
  policies: Policies;
  toPicture: ToPicture;
  /** Products the shop has on sale. */
  productCount(db: Executor, shopId: string): Promise<number>;
  /** Whether a staff member may change settings in each of these shops. */
  maySetIn(db: Executor, staffId: string, shopIds: readonly string[]): Promise<boolean>;
  /** A picture of the shop's own media library; undefined for anyone else's. */
  shopPicture(db: Executor, shopId: string, mediaId: string): Promise<PictureRef | undefined>;
}

export type Stores = ReturnType<typeof createStores>;

export function createStores({ clock, policies, toPicture, productCount, maySetIn, shopPicture }: StoresDeps) {
  const picture = (ref: PictureRef | null) => (ref === null ? null : toPicture(ref));
  const toCard = (shop: ShopRow, stores: StoreRow[], count: number): ShopCard => ({
    shopId: shop.shopId,
    name: shop.name,
    logo: picture(shop.logo),
    brandColor: shop.brandColor,
    slogan: shop.slogan,
    productCount: count,
    stores: stores.map(({ storeId, name, address, phone, hours, lat, lng }) => ({
      storeId,
      name,
      address,
      phone,
      hours,
      lat,
      lng,
    })),
  });

  async function getShop(db: Executor, shopId: string): Promise<ShopRow> {
    const [shop] = await repository.listShops(db, [shopId]);
    if (!shop) throw shopNotFound();
    return shop;
  }

  async function profile(db: Executor, shopId: string): Promise<ShopProfile> {
    const { name, slogan, brandColor, logo, servicePhone, shipsFrom } = await getShop(db, shopId);
    return { shopId, name, slogan, brandColor, logo: picture(logo), servicePhone, shipsFrom };
  }

  /** Every declared policy with the shop's value and the changes that led to it, newest first. */
  async function policySettings(db: Executor, shopId: string): Promise<PolicySettings> {
    const history = await policies.history(db, shopId);
    return {
      settings: declaredPolicies()
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .map((policy) => ({
          key: policy.key,
          title: policy.title,
          unit: policy.unit,
          defaultValue: policy.defaultValue,
          minimum: policy.minimum,
          maximum: policy.maximum,
          isInstallWide: policy.scope === 'install',
          value: policies.get(policy, shopId),
          history: history
            .filter(({ key }) => key === policy.key)
            .map(({ value, changedAt, changedBy }) => ({ value, at: changedAt.toISOString(), by: changedBy })),
        })),
    };
  }

  return {
    ...createNearStores({ policies }),

    /** One statement; all shops when no ids are given. */
    async shops(db: Executor, shopIds?: readonly string[]): Promise<Map<string, ShopSummary>> {
      const rows = await repository.listShops(db, shopIds);
      return new Map(
        rows.map(({ shopId, name, logo, brandColor, slogan, servicePhone, shipsFrom }) => [
          shopId,
          { shopId, name, logo, brandColor, slogan, servicePhone, shipsFrom },
        ]),
      );
    },

    /** What a shopper sees of a shop: for its own page and the product detail. */
    async card(db: Executor, shopId: string): Promise<ShopCard> {
      const [shop, stores, count] = await Promise.all([
        getShop(db, shopId),
        repository.listStores(db, shopId),
        productCount(db, shopId),
      ]);
      return toCard(shop, stores, count);
    },

    /** By shop. One statement. */
    async physicalStores(db: Executor, shopIds: readonly string[]): Promise<Map<string, StoreCard[]>> {
      const found = new Map<string, StoreCard[]>();
      for (const { shopId, ...store } of await repository.listStoresOf(db, shopIds))
        found.set(shopId, [...(found.get(shopId) ?? []), store]);
      return found;
    },
    clerks: { ofShop: clerks.clerksOf, storesOf: clerks.storesOfClerk, set: clerks.setClerks },

    /** For seeds and for opening a shop; running again overwrites. */
    saveShop: (tx: Tx, shop: ShopSummary) => repository.saveShop(tx, shop, clock.now()),
    savePhysicalStore: (tx: Tx, store: StoreRow) => repository.saveStore(tx, store),

    profile,

    async saveProfile(tx: Tx, shopId: string, { logoMediaId, ...rest }: ShopProfileInput): Promise<ShopProfile> {
      let logo: PictureRef | null | undefined;
      if (logoMediaId === null) logo = null;
      else if (logoMediaId !== undefined) {
        logo = await shopPicture(tx, shopId, logoMediaId);
        if (!logo) throw logoNotFound();
      }
      const { name, slogan, brandColor, servicePhone, shipsFrom } = rest;
      const values = { name, slogan, brandColor, servicePhone, shipsFrom, logo };
      if (!(await repository.updateProfile(tx, shopId, values, clock.now()))) throw shopNotFound();
      return profile(tx, shopId);
    },

    policySettings,

    /** An install's policy changes for every shop, so it takes somebody who may change each of them. */
    async setPolicy(
      tx: Tx,
      staff: { staffId: string; name: string; shopId: string },
      { key, value }: { key: string; value: number },
    ): Promise<PolicySettings> {
      const { shopId, staffId, name } = staff;
      if (declaredPolicies().some((policy) => policy.key === key && policy.scope === 'install')) {
        const everyShop = (await repository.listShops(tx)).map((shop) => shop.shopId);
        if (!(await maySetIn(tx, staffId, everyShop))) throw everyShopNeeded();
      }
      await policies.set(tx, { key, value, by: name, shopId });
      return policySettings(tx, shopId);
    },
  };
}
