/** Who had to do with what, packed: both directions, each in two arrays however many there are. */
export interface Interactions {
  users: number;
  items: number;
  /** Items of user u: `userItems` from `userStart[u]` up to `userStart[u + 1]`. */
  userStart: Int32Array;
  userItems: Int32Array;
  itemStart: Int32Array;
  itemUsers: Int32Array;
}

function pack(count: number, keys: Int32Array, values: Int32Array): { start: Int32Array; packed: Int32Array } {
  const start = new Int32Array(count + 1);
  for (const key of keys) start[key + 1] = (start[key + 1] as number) + 1;
  for (let at = 0; at < count; at += 1) start[at + 1] = (start[at + 1] as number) + (start[at] as number);
  const next = start.slice(0, count);
  const packed = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as number;
    const place = next[key] as number;
    packed[place] = values[at] as number;
    next[key] = place + 1;
  }
  return { start, packed };
}

/** Pairs by index, each pair once. */
export function packInteractions(
  counts: { users: number; items: number },
  users: Int32Array,
  items: Int32Array,
): Interactions {
  const byUser = pack(counts.users, users, items);
  const byItem = pack(counts.items, items, users);
  return {
    ...counts,
    userStart: byUser.start,
    userItems: byUser.packed,
    itemStart: byItem.start,
    itemUsers: byItem.packed,
  };
}
