/** The last words on this phone: shown at once, also to guests; the server keeps its own for logged-in shoppers. */
import { storage } from '@/platform/storage';

const kept = 12;

export const searchWords = (): string[] => storage.read<string[]>('search.words') ?? [];

/** Newest first, each once. Undefined forgets all. */
export function rememberWord(word: string | undefined): string[] {
  const words = word === undefined ? [] : [word, ...searchWords().filter((one) => one !== word)].slice(0, kept);
  storage.write('search.words', words);
  return words;
}
