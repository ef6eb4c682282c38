export type OwnerKind = 'shop' | 'buyer' | 'install';
export type AssetState =
  | 'pending' // a buyer's picture nobody has looked at
  | 'passed' // anyone may see it
  | 'rejected'; // stays hidden

export interface AssetRow {
  mediaId: string;
  hash: string;
  ownerKind: OwnerKind;
  /** null for the install's own pictures (demo, brand). */
  ownerId: string | null;
  origin: 'upload' | 'drawing';
  contentType: string;
  width: number;
  height: number;
  /** 0 for a drawing: it is made when somebody looks. */
  bytes: number;
  name: string;
  state: AssetState;
  createdAt: Date;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'media.asset': AssetRow;
  }
}
