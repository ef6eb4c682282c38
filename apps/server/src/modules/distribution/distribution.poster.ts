/**
 * A poster of goods: picture, title, price, who recommends them, and the mini program code, composed on the server. The code
 * is asked of WeChat once a link and kept; a poster is drawn anew when the goods have changed.
 */
import type { ProductCard } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import { LRUCache } from 'lru-cache';
import { hourMs } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { nobody } from './distribution.bindings.ts';
import { linkUnknown, posterUnavailable, posterWithoutFont } from './distribution.errors.ts';
import type { DistributionDeps } from './distribution.ports.ts';
import type { Roster } from './distribution.roster.ts';

export interface PosterDeps extends Pick<DistributionDeps, 'clock' | 'cards' | 'faces' | 'shopNames'> {
  database: Pick<Database, 'db'>;
  roster: Roster;
  /** A mini program code of WeChat's: never called inside a transaction. */
  codeImage(scene: string, page: string): Promise<{ image: Uint8Array; contentType: string }>;
  /** JPEG of a picture of ours. */
  pictureOf(hash: string): Promise<Uint8Array>;
  /** Whether Chinese comes out as words: without a font for it a poster would be rows of boxes. */
  drawsChinese(): Promise<boolean>;
  /** Draws an SVG. */
  draw(svg: string): Promise<Uint8Array>;
}
export type Posters = ReturnType<typeof createPosters>;

/** The page that reads the scene; it must be published. */
export const landingPage = 'pages/product/index';
export const sceneOf = (code: string): string => `d=${code}`;

const guideCharacters = 10;
const keptBytes = 24 * 1024 * 1024;

export function createPosters({
  clock,
  database,
  roster,
  cards,
  faces,
  shopNames,
  codeImage,
  pictureOf,
  draw,
  drawsChinese,
}: PosterDeps) {
  const { db } = database;
  const drawn = new LRUCache<string, Uint8Array>({
    maxSize: keptBytes,
    sizeCalculation: (bytes) => bytes.byteLength,
    ttl: hourMs,
  });
  const drawing = new Map<string, Promise<Uint8Array>>();

  async function codeOf(code: string): Promise<{ image: Uint8Array; contentType: string }> {
    const known = await db
      .selectFrom('distribution.codeImage')
      .select(['image', 'contentType'])
      .where('code', '=', code)
      .where('page', '=', landingPage)
      .executeTakeFirst();
    if (known) return known;
    const made = await codeImage(sceneOf(code), landingPage);
    await db
      .insertInto('distribution.codeImage')
      .values({ code, page: landingPage, ...made, image: Buffer.from(made.image), madeAt: clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return made;
  }

  async function compose(code: string, card: ProductCard, guide: string, shopName: string): Promise<Uint8Array> {
    const hash = /\/media\/([0-9a-f]+)\//.exec(card.picture.url)?.[1] ?? '';
    const [picture, mini] = await Promise.all([pictureOf(hash), codeOf(code)]);
    return draw(
      posterSvg({
        ...card,
        guide,
        shopName,
        picture: uri('image/jpeg', picture),
        code: uri(mini.contentType, mini.image),
      }),
    );
  }

  return {
    /** @throws distribution.link_not_found unless the link is of goods and its distributor active */
    async poster(code: string): Promise<Uint8Array> {
      const link = await roster.findLink(db, code);
      const card = link?.spuId ? (await cards(db, [link.spuId])).get(link.spuId) : undefined;
      const isActive = link && (await roster.activeAmong(db, link.shopId, [link.buyerId])).has(link.buyerId);
      if (!link || !card || !isActive) throw linkUnknown();
      const nickname = (await faces(db, [link.buyerId])).get(link.buyerId)?.nickname ?? nobody;
      // Their own poster, made to be seen: the name friends know them by, not a masked one.
      const guide = nickname === nobody ? '好友' : [...nickname].slice(0, guideCharacters).join('');
      const key = [code, card.salePrice, card.title, card.picture.url, guide].join('|');
      const known = drawn.get(key);
      if (known) return known;
      if (!(await drawsChinese())) throw posterWithoutFont();
      const running = drawing.get(key);
      if (running) return running;
      const shopName = (await shopNames(db, [link.shopId])).get(link.shopId) ?? '';
      const started = compose(code, card, guide, shopName)
        .then((bytes) => {
          drawn.set(key, bytes);
          return bytes;
        })
        .catch((error: unknown) => {
          throw Object.assign(posterUnavailable(), { cause: error });
        })
        .finally(() => drawing.delete(key));
      drawing.set(key, started);
      return started;
    },
  };
}

const uri = (contentType: string, bytes: Uint8Array): string =>
  `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`;

const safe = (text: string): string =>
  text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`).replace(/\p{Cc}/gu, '');

/** Wide characters take one place, the others half of one. */
const widthOf = (character: string): number => ((character.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.55);

export function wrap(text: string, places: number, rows: number): string[] {
  const lines = [''];
  let used = 0;
  for (const character of text) {
    const width = widthOf(character);
    if (used + width > places) {
      if (lines.length === rows) {
        lines[rows - 1] = `${[...(lines[rows - 1] as string)].slice(0, -1).join('')}…`;
        break;
      }
      lines.push('');
      used = 0;
    }
    lines[lines.length - 1] += character;
    used += width;
  }
  return lines;
}

const fonts =
  "'PingFang SC','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif";
const ink = '#1A1A1A';
const quiet = '#8C8C8C';
const brand = '#E63B2E';

export function posterSvg({
  title,
  salePrice,
  listPrice,
  guide,
  shopName,
  picture,
  code,
}: Pick<ProductCard, 'title' | 'salePrice' | 'listPrice'> & {
  guide: string;
  shopName: string;
  picture: string;
  code: string;
}): string {
  const [yuan = '0', cents = '00'] = formatYuan(salePrice).split('.');
  const priceWidth = 22 + yuan.length * 30 + (cents === '00' ? 0 : 44);
  const lines = wrap(title, 19, 2);
  const text = (x: number, y: number, size: number, colour: string, content: string, more = '') =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" ${more}>${content}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="500" height="820" viewBox="0 0 500 820" font-family="${fonts}">
<rect width="500" height="820" fill="#FFFFFF"/>
${text(32, 58, 22, ink, safe(shopName), 'font-weight="600"')}
${text(468, 57, 16, quiet, `${safe(guide)} 推荐给你`, 'text-anchor="end"')}
<clipPath id="frame"><rect x="32" y="84" width="436" height="436" rx="12"/></clipPath>
<image x="32" y="84" width="436" height="436" preserveAspectRatio="xMidYMid slice" clip-path="url(#frame)" xlink:href="${picture}"/>
${lines.map((line, at) => text(32, 566 + at * 32, 22, ink, safe(line))).join('\n')}
<text x="32" y="${588 + lines.length * 32}" fill="${brand}" font-weight="700"><tspan font-size="26">¥</tspan><tspan font-size="44">${yuan}</tspan>${cents === '00' ? '' : `<tspan font-size="26">.${cents}</tspan>`}</text>
${listPrice > salePrice ? text(44 + priceWidth, 586 + lines.length * 32, 18, quiet, `¥${formatYuan(listPrice)}`, 'text-decoration="line-through"') : ''}
<line x1="32" y1="676" x2="468" y2="676" stroke="#EEEEEE" stroke-width="1"/>
${text(32, 736, 20, ink, '长按识别小程序码')}
${text(32, 766, 16, quiet, '查看商品详情与当前价格')}
<image x="356" y="690" width="112" height="112" xlink:href="${code}"/>
</svg>`;
}
