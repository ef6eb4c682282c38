/** Words a made-up catalogue is told in: 20 shelves of 12 kinds, and what comes before and after a kind in a title. */

const shelvesText = `
居家:四件套 羽绒被 乳胶枕 盖毯 床垫 凉席 抱枕 地毯 窗帘 收纳箱 衣架 香薰
餐厨:炒锅 汤锅 菜刀 砧板 饭碗 汤勺 保温杯 茶壶 烤盘 密封罐 围裙 餐垫
洗护:洗发水 沐浴露 洗手液 牙刷 牙膏 毛巾 浴巾 洗衣液 纸巾 卷纸 湿巾 棉签
美妆:面霜 精华液 面膜 口红 眼影 粉底液 卸妆水 防晒霜 护手霜 香水 睫毛膏 化妆刷
服装:衬衫 卫衣 T恤 连衣裙 牛仔裤 羽绒服 风衣 毛衣 半身裙 西装 马甲 短裤
内衣:文胸 内裤 袜子 睡衣 保暖衣 背心 打底裤 家居服 丝袜 船袜 浴袍 腰带
鞋靴:跑步鞋 帆布鞋 单鞋 凉鞋 拖鞋 马丁靴 雪地靴 皮鞋 篮球鞋 登山鞋 雨靴 鞋垫
箱包:双肩包 拉杆箱 手提包 斜挎包 钱包 腰包 帆布袋 电脑包 旅行袋 卡包 书包 化妆包
母婴:纸尿裤 奶瓶 婴儿车 安全座椅 爬行垫 连体衣 口水巾 辅食碗 积木 绘本 吸奶器 孕妇裤
食品:坚果 牛肉干 曲奇 蛋黄酥 果干 巧克力 螺蛳粉 燕麦片 蜂蜜 红枣 海苔 辣条
茶酒:绿茶 红茶 普洱 乌龙茶 花茶 白酒 红酒 黄酒 果酒 啤酒 咖啡豆 奶茶
生鲜:苹果 橙子 车厘子 牛排 三文鱼 大虾 鸡蛋 大米 土豆 番茄 山药 羊肉卷
数码:手机 蓝牙耳机 充电宝 数据线 键盘 鼠标 显示器 平板电脑 智能手表 音箱 摄像头 路由器
家电:电饭煲 空气炸锅 吸尘器 扫地机器人 加湿器 电风扇 洗碗机 净水器 电水壶 破壁机 电吹风 剃须刀
家具:沙发 餐桌 书桌 办公椅 床架 衣柜 鞋柜 书架 茶几 电视柜 床头柜 屏风
运动:瑜伽垫 哑铃 跳绳 泳衣 球拍 篮球 足球 护膝 骑行服 头盔 帐篷 睡袋
文具:中性笔 钢笔 手账本 记事本 便签 文件夹 订书机 彩铅 颜料 橡皮 墨水 笔袋
宠物:猫粮 狗粮 猫砂 猫抓板 牵引绳 宠物窝 猫罐头 磨牙棒 饮水机 航空箱 逗猫棒 狗衣服
汽车:坐垫 脚垫 车载支架 行车记录仪 车蜡 玻璃水 方向盘套 遮阳挡 充气泵 洗车巾 后备箱垫 车载香水
图书:小说 童话 菜谱 字帖 地图册 漫画 诗集 传记 教材 词典 科普书 日历`;

export const shelves: readonly { name: string; kinds: readonly string[] }[] = shelvesText
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', kinds = ''] = line.split(':');
    return { name, kinds: kinds.split(' ') };
  });

/** Frequent ones first: the first stands in about one title of five. */
export const qualities =
  '新款 加厚 轻便 便携 大容量 高端 经典 简约 复古 可爱 日式 北欧 秋冬 夏季 透气 防水 防滑 静音 速干 抗菌 环保 无痕 折叠 多功能 家用 学生 儿童 男士 女士 老人 商务 户外 旅行 礼盒装 手工 进口 有机 低糖 特级 网红 联名 限定 加大 加宽 超薄 耐磨 不粘 真空 智能 无线 快充 降噪 柔软 亲肤 宽松 修身 高腰 显瘦 保暖 蓬松'.split(
    ' ',
  );
export const materials =
  '纯棉 亚麻 真丝 羊毛 羊绒 竹纤维 乳胶 记忆棉 不锈钢 铸铁 陶瓷 骨瓷 玻璃 硅胶 实木 竹制 牛皮 帆布 尼龙 涤纶 珊瑚绒 法兰绒 天丝 莫代尔 钛合金 铝合金 碳纤维 食品级'.split(
    ' ',
  );
export const colours = '米白 浅灰 深灰 藏青 墨绿 砖红 奶咖 雾蓝 姜黄 樱粉 黑色 原木色'.split(' ');
export const sizes = '小号 中号 大号 加大号'.split(' ');
const brandFirst = '木禾云青素拾棠溪白南北远知若安初本松竹兰'.split('');
const brandSecond = '集舍坊里物见野川渡研屿间作品家衣厨季语言'.split('');
/** 400 made-up names of two characters. */
export const brands: readonly string[] = brandFirst.flatMap((first) =>
  brandSecond.map((second) => `${first}${second}`),
);
export const briefs =
  '柔软亲肤，久用不变形 一物多用，省下半个柜子 严选原料，每批都有检测 设计师原款，耐看耐用 七天无理由，放心试用 热销款，回头客最多 四季皆可使用 送礼自用都合适'.split(
    ' ',
  );
