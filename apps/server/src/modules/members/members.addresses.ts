import type { Address, AddressInput, AddressQuery } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { type FieldCipher, maskPhone } from '#platform/field-cipher.ts';
import { newId } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { byUsefulness, distanceMetres, type Position } from './members.domain.ts';
import { addressBookFull, addressNotFound, positionIncomplete } from './members.errors.ts';
import { addressLimit } from './members.policies.ts';
import type { AddressRow } from './members.repository.ts';
import * as repository from './members.repository.ts';

/** An address opened for the order that goes there. */
export interface PlainAddress {
  addressId: string;
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}

export interface AddressesDeps {
  clock: Clock;
  cipher: FieldCipher;
  policies: Policies;
}

export type Addresses = ReturnType<typeof createAddresses>;

function positionOf({ lat, lng }: { lat?: number | null; lng?: number | null }): Position | undefined {
  if ((lat ?? undefined) === undefined && (lng ?? undefined) === undefined) return undefined;
  if (typeof lat !== 'number' || typeof lng !== 'number') throw positionIncomplete();
  return { lat, lng };
}

export function createAddresses({ clock, cipher, policies }: AddressesDeps) {
  const open = (row: AddressRow): PlainAddress => ({
    addressId: row.addressId,
    name: cipher.decrypt(row.nameSealed),
    phone: cipher.decrypt(row.phoneSealed),
    province: row.province,
    city: row.city,
    district: row.district,
    detail: cipher.decrypt(row.detailSealed),
  });

  function toWire(row: AddressRow, distance: number | null): Address {
    const plain = open(row);
    return {
      ...plain,
      maskedPhone: maskPhone(plain.phone),
      isDefault: row.isDefault,
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      distanceMetres: distance,
    };
  }

  function seal(input: AddressInput) {
    const position = positionOf(input);
    return {
      nameSealed: cipher.encrypt(input.name.trim()),
      phoneSealed: cipher.encrypt(input.phone),
      phoneIndex: cipher.blindIndex('address phone', input.phone),
      province: input.province,
      city: input.city,
      district: input.district,
      detailSealed: cipher.encrypt(input.detail.trim()),
      lat: position?.lat ?? null,
      lng: position?.lng ?? null,
    };
  }

  async function getAddress(db: Executor, buyerId: string, addressId: string): Promise<AddressRow> {
    const row = await repository.findAddress(db, buyerId, addressId);
    if (!row) throw addressNotFound();
    return row;
  }

  return {
    async list(db: Executor, buyerId: string, query: AddressQuery): Promise<Address[]> {
      const here = positionOf(query);
      const rows = await repository.listAddresses(db, buyerId);
      return rows
        .map((row) => {
          const there = positionOf(row);
          return { row, ...row, distance: here && there ? distanceMetres(here, there) : null };
        })
        .toSorted(byUsefulness)
        .map(({ row, distance }) => toWire(row, distance));
    },

    /** The first address becomes the default by itself. */
    async create(tx: Tx, buyerId: string, input: AddressInput): Promise<Address> {
      const now = clock.now();
      const sealed = seal(input);
      await repository.lockAddressBook(tx, buyerId, now);
      const existing = await repository.listAddresses(tx, buyerId);
      const limit = policies.get(addressLimit);
      if (existing.length >= limit) throw addressBookFull({ limit });
      const isDefault = input.isDefault || existing.length === 0;
      if (isDefault) await repository.clearDefault(tx, buyerId);
      const row = { buyerId, addressId: newId(), ...sealed, isDefault, lastUsedAt: null, createdAt: now };
      await repository.insertAddress(tx, row);
      return toWire(row, null);
    },

    async update(tx: Tx, buyerId: string, addressId: string, input: AddressInput): Promise<Address> {
      const sealed = seal(input);
      await repository.lockAddressBook(tx, buyerId, clock.now());
      const row = await getAddress(tx, buyerId, addressId);
      if (input.isDefault && !row.isDefault) await repository.clearDefault(tx, buyerId);
      const change = { ...sealed, isDefault: input.isDefault };
      await repository.updateAddress(tx, buyerId, addressId, change);
      return toWire({ ...row, ...change }, null);
    },

    async remove(tx: Tx, buyerId: string, addressId: string): Promise<void> {
      await repository.lockAddressBook(tx, buyerId, clock.now());
      if (!(await repository.deleteAddress(tx, buyerId, addressId))) throw addressNotFound();
    },

    async address(db: Executor, buyerId: string, addressId: string): Promise<PlainAddress | undefined> {
      const row = await repository.findAddress(db, buyerId, addressId);
      return row && open(row);
    },

    /** Default, else last used. */
    async preferredAddress(db: Executor, buyerId: string): Promise<PlainAddress | undefined> {
      const row = await repository.findPreferredAddress(db, buyerId);
      return row && open(row);
    },

    async markAddressesUsed(tx: Tx, used: readonly { buyerId: string; addressId: string }[]): Promise<void> {
      await repository.touchAddresses(
        tx,
        used.map(({ buyerId }) => buyerId),
        used.map(({ addressId }) => addressId),
        clock.now(),
      );
    },

    /** A guest's addresses become the buyer's, up to the limit; the buyer's own default wins. */
    async copyAddresses(tx: Tx, guestId: string, buyerId: string): Promise<void> {
      const now = clock.now();
      await repository.lockAddressBook(tx, guestId, now);
      await repository.lockAddressBook(tx, buyerId, now);
      const [theirs, own] = [await repository.listAddresses(tx, guestId), await repository.listAddresses(tx, buyerId)];
      const room = Math.max(0, policies.get(addressLimit) - own.length);
      const moving = theirs
        .map((row) => ({ ...row, distance: null }))
        .toSorted(byUsefulness)
        .slice(0, room)
        .map(({ addressId }) => addressId);
      if (moving.length === 0) return;
      const keepDefault = !own.some(({ isDefault }) => isDefault);
      await repository.copyAddresses(tx, { from: guestId, to: buyerId, addressIds: moving, keepDefault });
    },
  };
}
