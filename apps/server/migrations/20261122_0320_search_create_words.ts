import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema search`.execute(db);
  await sql`
    create table search.history (
      buyer_id uuid not null,
      word text not null,
      searched_at timestamptz not null,
      primary key (buyer_id, word)
    )`.execute(db);
  await sql`create index history_recent on search.history (buyer_id, searched_at desc)`.execute(db);
  await sql`
    create table search.word_count (
      day date not null,
      word text not null,
      count integer not null check (count > 0),
      primary key (day, word)
    )`.execute(db);
  await sql`create index word_count_prefix on search.word_count (word text_pattern_ops)`.execute(db);
  // Words the shop puts forward itself; they come before the counted ones.
  await sql`
    create table search.hot_word (
      word text primary key,
      sort integer not null
    )`.execute(db);
  // Other names of a thing, and what a kind of thing is called when it stands in a title.
  await sql`
    create table search.synonym (
      word text primary key,
      synonyms text[] not null
    )`.execute(db);
  const synonyms: [word: string, synonyms: string][] = [
    ['糕点', '糕 饼 酥 曲奇 蛋糕 点心'],
    ['点心', '糕 饼 酥 曲奇'],
    ['零食', '坚果 果干 肉脯 饼干 糕 酥'],
    ['锅具', '锅'],
    ['刀具', '刀'],
    ['灯具', '灯'],
    ['餐具', '碗 盘 碟 筷 勺'],
    ['水具', '杯 壶'],
    ['茶具', '茶杯 茶壶 杯 壶'],
    ['文具', '笔 本 手账 记事本'],
    ['服饰', '衣 裤 裙 衫'],
    ['衣服', '衣 裤 裙 衫'],
    ['上衣', '衫 T恤 卫衣 衬衫'],
    ['裤装', '裤'],
    ['箱包', '箱 包'],
    ['家具', '桌 椅 柜 床 沙发'],
    ['家饰', '摆件 花瓶 镜 永生花 装饰'],
    ['布艺', '抱枕 坐垫 地毯 窗帘 沙发'],
    ['软装', '抱枕 坐垫 地毯 窗帘'],
    ['床品', '四件套 床单 被套 枕套'],
    ['寝具', '四件套 被 枕'],
    ['夏凉', '凉席 空调被 夏凉被'],
    ['宠物', '猫 狗'],
    ['洗护', '洗发 沐浴 洗手'],
    ['护肤', '面霜 精华 面膜 乳液'],
    ['彩妆', '口红 眼影 粉底'],
    ['母婴', '婴儿 婴童 宝宝 孕妇'],
    ['宝宝', '婴儿 婴童 儿童'],
    ['婴儿', '婴童 宝宝'],
    ['手机', '电话'],
    ['耳机', '耳麦'],
    ['单车', '自行车'],
    ['番茄', '西红柿'],
    ['土豆', '马铃薯'],
    ['充电宝', '移动电源'],
    ['拉杆箱', '行李箱 登机箱'],
    ['行李箱', '拉杆箱 登机箱'],
    ['毛毯', '盖毯'],
    ['双肩包', '背包'],
    ['墨镜', '太阳镜'],
    ['保温杯', '保温壶'],
    ['笔记本', '本子 记事本 手账'],
  ];
  for (const [word, list] of synonyms) {
    await sql`insert into search.synonym (word, synonyms) values (${word}, ${list.split(' ')})`.execute(db);
  }
}
