/**
 * The shopper's position, with their say in it: asked for on a tap under words that tell what for; afterwards looked up
 * again only while both the phone and the switch here say yes. It lives in memory, goes to the shop with a question, and is kept nowhere.
 */
import { reactive } from 'vue';
import { mayLocate, type Position, roughPosition } from '@/platform/location';
import { storage } from '@/platform/storage';

const agreedKey = 'near.agreed';

export const near = reactive({
  agreed: storage.read<boolean>(agreedKey) === true,
  at: undefined as Position | undefined,
  busy: false,
});

async function look(): Promise<Position | undefined> {
  near.busy = true;
  try {
    near.at = await roughPosition();
  } finally {
    near.busy = false;
  }
  return near.at;
}

/** On a tap. Undefined when refused: the caller offers the city picker. */
export async function agreeAndLocate(): Promise<Position | undefined> {
  const at = await look();
  if (at !== undefined) {
    near.agreed = true;
    storage.write(agreedKey, true);
  }
  return at;
}

/** Never shows a question: undefined unless it was agreed to before. */
export async function locateIfAgreed(): Promise<Position | undefined> {
  if (!near.agreed || !(await mayLocate())) return undefined;
  return look();
}

export function stopLocating(): void {
  near.agreed = false;
  near.at = undefined;
  storage.remove(agreedKey);
}
