import type { DemoCredentials } from '../platform/credentials.ts';
import { randomHex, stableId } from '../platform/random.ts';
import type { Store } from '../platform/store.ts';

/** A person with a phone: one WeChat account, one openid per app, one unionid. */
export interface Persona {
  id: string;
  nickname: string;
  phone: string;
  colour: string;
  city: string;
  balance: number; // fen in the WeChat wallet
  cardName: string;
}

export interface People {
  list(): Persona[];
  find(idOrOpenid: string): Persona | undefined;
  openidOf(persona: Persona, appid: string): string;
  unionidOf(persona: Persona): string;
  /** The person behind an openid of this app; an openid of another app is nobody here. */
  byOpenid(appid: string, openid: string): Persona | undefined;
  changeBalance(personaId: string, delta: number): void;
  setBalance(personaId: string, balance: number): void;
  addCrowd(count: number): Persona[];
}

export const PERSONA_TABLES = `
CREATE TABLE IF NOT EXISTS persona (
  id TEXT PRIMARY KEY, nickname TEXT NOT NULL, phone TEXT NOT NULL, colour TEXT NOT NULL, city TEXT NOT NULL,
  balance INTEGER NOT NULL, card_name TEXT NOT NULL) STRICT;`;

const SEEDED: Persona[] = [
  persona('lin-xia', '林夏', '13800000001', '#E8795A', '杭州', 500_000, '招商银行储蓄卡（2318）'),
  persona('chen-mo', '陈默', '13800000002', '#4F7CAC', '上海', 1_280_000, '工商银行储蓄卡（0672）'),
  persona('zhou-yutong', '周雨桐', '13900000003', '#7A9E7E', '成都', 88_00, '建设银行储蓄卡（5510）'),
  persona('wang-dali', '王大力', '13900000004', '#B08BBB', '郑州', 320_000, '农业银行储蓄卡（7743）'),
  persona('su-wan', '苏晚', '13800000005', '#D9A441', '广州', 2_600_000, '中国银行储蓄卡（9036）'),
  persona('ma-ke', '马可', '13900000006', '#5C6B73', '西安', 0, '交通银行储蓄卡（4187）'),
];

function persona(
  id: string,
  nickname: string,
  phone: string,
  colour: string,
  city: string,
  balance: number,
  cardName: string,
): Persona {
  return { id, nickname, phone, colour, city, balance, cardName };
}

const INSERT =
  'INSERT OR IGNORE INTO persona (id, nickname, phone, colour, city, balance, card_name) VALUES (?, ?, ?, ?, ?, ?, ?)';
const COLUMNS = 'id, nickname, phone, colour, city, balance, card_name AS cardName';

export function createPeople(store: Store, credentials: DemoCredentials): People {
  const appids = [credentials.miniAppId, credentials.oaAppId];
  const byOpenid = new Map<string, string>();
  const remember = ({ id }: Persona) => {
    for (const appid of appids) byOpenid.set(`${appid} ${stableId('o', appid, id)}`, id);
  };
  const add = (person: Persona) => {
    const { id, nickname, phone, colour, city, balance, cardName } = person;
    store.run(INSERT, id, nickname, phone, colour, city, balance, cardName);
    remember(person);
  };
  const get = (id: string) => store.get<Persona>(`SELECT ${COLUMNS} FROM persona WHERE id = ?`, id);

  store.transaction(() => SEEDED.forEach(add));
  for (const person of store.all<Persona>(`SELECT ${COLUMNS} FROM persona`)) remember(person);

  return {
    list: () => store.all<Persona>(`SELECT ${COLUMNS} FROM persona ORDER BY rowid`),
    find(idOrOpenid) {
      const known = get(idOrOpenid);
      if (known) return known;
      for (const appid of appids) {
        const id = byOpenid.get(`${appid} ${idOrOpenid}`);
        if (id) return get(id);
      }
      return undefined;
    },
    openidOf: (person, appid) => stableId('o', appid, person.id),
    unionidOf: (person) => stableId('u', 'open-platform', person.id),
    byOpenid(appid, openid) {
      const id = byOpenid.get(`${appid} ${openid}`);
      return id ? get(id) : undefined;
    },
    changeBalance(personaId, delta) {
      store.run('UPDATE persona SET balance = balance + ? WHERE id = ?', delta, personaId);
    },
    setBalance(personaId, balance) {
      store.run('UPDATE persona SET balance = ? WHERE id = ?', balance, personaId);
    },
    addCrowd(count) {
      const stamp = randomHex(3);
      const crowd = Array.from({ length: count }, (_, index) =>
        persona(
          `crowd-${stamp}-${index + 1}`,
          `顾客${index + 1}号`,
          `1390000${String(1000 + index).slice(-4)}`,
          '#8C8C8C',
          '北京',
          10_000_000,
          '招商银行储蓄卡（0001）',
        ),
      );
      store.transaction(() => crowd.forEach(add));
      return crowd;
    },
  };
}
