declare module '#platform/database/database.ts' {
  interface Tables {
    'search.history': { buyerId: string; word: string; searchedAt: Date };
    'search.wordCount': { day: string; word: string; count: number };
    'search.hotWord': { word: string; sort: number };
    'search.synonym': { word: string; synonyms: string[] };
  }
}

export {};
