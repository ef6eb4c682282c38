/** Everything the demo shop is filled from. Money is integer fen, times are ISO 8601 UTC, ids are stable at each build. */
export interface DemoCatalogue {
  shops: DemoShop[];
  stores: DemoStore[];
  categories: DemoCategory[];
  spus: DemoSpu[];
  banners: DemoBanner[];
  hotWords: string[];
  reviews: DemoReview[];
}

/** A drawn picture: `key` is what `drawPicture` takes, `ratio` is width / height. */
export interface DemoPicture {
  key: string;
  ratio: number;
  alt: string;
}

export interface DemoShop {
  id: string;
  code: string;
  name: string;
  slogan: string;
  brandColour: string;
  logo: DemoPicture;
  cover: DemoPicture;
  servicePhone: string;
  serviceText: string;
  services: string[];
  shipsFrom: string;
}

export interface DemoStore {
  id: string;
  shopId: string;
  name: string;
  province: string;
  city: string;
  district: string;
  address: string;
  /** GCJ-02, as WeChat maps read it. */
  latitude: number;
  longitude: number;
  opensAt: string;
  closesAt: string;
  phone: string;
  cover: DemoPicture;
}

export interface AttributeProperty {
  type: 'string' | 'number' | 'integer' | 'boolean';
  title: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  'x-filter'?: boolean;
  'x-unit'?: string;
}

export interface AttributeSchema {
  type: 'object';
  properties: Record<string, AttributeProperty>;
  required: string[];
  additionalProperties: false;
}

export interface DemoCategory {
  id: string;
  key: string;
  parentId: string | null;
  level: 1 | 2;
  name: string;
  sort: number;
  /** Level 1 only: name of the line icon in `categoryIcons`. */
  icon: string | null;
  picture: DemoPicture;
  /** Level 2 only: what a product of this category says about itself. */
  attributeSchema: AttributeSchema | null;
  /** The default of the no-reason return; off for fresh food and underwear. */
  returnable: boolean;
  /** Fresh food: short life, cold chain. */
  perishable: boolean;
}

export interface DemoSpec {
  name: string;
  values: string[];
}

export interface DemoSku {
  id: string;
  skuCode: string;
  specs: Record<string, string>;
  salePrice: number;
  listPrice: number;
  cost: number;
  weightGrams: number;
  onHand: number;
  barcode: string;
  picture: DemoPicture;
}

export type DetailBlock =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'picture'; picture: DemoPicture }
  | { kind: 'table'; rows: { name: string; value: string }[] };

/** How goods that are not sent reach their buyer. */
export type DemoGoods =
  | { kind: 'virtual'; delivery: 'code' | 'access'; days: number | null; content: string }
  | {
      kind: 'service';
      places: { name: string; address: string }[];
      weekdays: number[];
      opens: string;
      closes: string;
      minutes: number;
      capacity: number;
      daysAhead: number;
      leadHours: number;
      refundHours: number;
    };

export interface DemoSpu {
  id: string;
  spuCode: string;
  shopId: string;
  categoryId: string;
  title: string;
  brief: string;
  keywords: string[];
  /** Lowest sale price among the SKUs, with the list price of that same SKU. */
  salePrice: number;
  listPrice: number;
  specs: DemoSpec[];
  skus: DemoSku[];
  attributes: Record<string, string | number | boolean>;
  services: string[];
  returnable: boolean;
  /** null: physical goods. */
  goods: DemoGoods | null;
  perishable: boolean;
  shipsFrom: string;
  unit: string;
  salesCount: number;
  rating: { average: number; count: number };
  publishedAt: string;
  pictures: DemoPicture[];
  /** Present for some: the still of a product video. */
  videoPoster: DemoPicture | null;
  detail: DetailBlock[];
  look: SpuLook;
}

/** What the pictures need to know of a product. */
export interface SpuLook {
  family: string;
  colours: string[];
  accent: string;
  pattern: string;
  /** Hue of the ground in degrees. */
  hue: number;
  seed: number;
}

export interface DemoBanner {
  id: string;
  key: string;
  title: string;
  subtitle: string;
  /** Text colour that reads on the left third of the picture. */
  ink: 'dark' | 'light';
  picture: DemoPicture;
  link: { kind: 'category'; categoryId: string } | { kind: 'product'; spuId: string };
}

export interface DemoReview {
  id: string;
  spuId: string;
  skuId: string;
  nickname: string;
  avatar: DemoPicture;
  rating: number;
  text: string;
  specText: string;
  pictures: DemoPicture[];
  createdAt: string;
  reply: string | null;
}
