/**
 * Goods we wrote ourselves for categories the public titles do not reach.
 * category | family | title | selling point | price in yuan | spec template | colours
 */
export const ownGoods = `
charging|powerbank|磁吸轻薄移动电源 10000毫安|贴上就充，口袋里几乎没有存在感|129|colour|雾蓝,奶白,炭黑
charging|powerbank|自带线移动电源 20000毫安|出门不用再找线，插上就能充|159|colour|墨黑,浅灰
charging|charger|氮化镓折叠插脚充电器|小小一块，手机电脑都能喂饱|89|power|纯白,雾蓝,樱粉
charging|charger|双口快充桌面充电器|两台设备同时快充，温度稳得住|119|power|纯白,炭黑
charging|cable|液态硅胶快充数据线|柔软不打结，弯折耐用|29|cable|樱粉,雾蓝,薄荷,墨黑
charging|cable|编织三合一充电线|一根线管三种口，差旅轻装|39|cable|炭黑,焦糖
charging|wireless|布面无线充电底座|布艺表面不留指纹，床头也好看|99|colour|浅灰,燕麦
charging|phonecase|液态硅胶手机壳 磁吸款|细腻手感，四角加厚缓冲|49|colour|雾蓝,豆绿,樱粉,炭黑
charging|phonestand|铝合金折叠手机支架|高低角度随手调，追剧做菜两不误|45|colour|银色,炭黑
audio|earphones|半入耳真无线蓝牙耳机|轻得容易忘记戴着它|199|colour|奶白,雾蓝,樱粉
audio|earphones|降噪真无线耳机 通勤款|地铁里也能听清一段独白|399|colour|炭黑,奶白
audio|headphones|头戴式无线耳机 柔肤耳罩|久戴不夹头，续航陪你一周通勤|459|colour|燕麦,炭黑,雾蓝
audio|headphones|录音棚风格有线头戴耳机|中频饱满，线材可以更换|299|colour|炭黑,银色
audio|speaker|布艺蓝牙小音箱|一只手掌大小，装得下整个客厅的歌|199|colour|浅灰,苔绿,陶土红
audio|speaker|胡桃木桌面音箱|木质箱体，人声温润|599|colour|胡桃,原木
audio|radio|复古蓝牙收音机|旋钮的手感，清晨的电台|269|colour|薄荷,焦糖,奶白
desktop|keyboard|静音矮轴机械键盘 84键|深夜打字也不打扰家人|329|colour|奶白,雾蓝,炭黑
desktop|keyboard|三模无线薄膜键盘|一键切换三台设备|149|colour|纯白,樱粉
desktop|mouse|圆润无线静音鼠标|贴合掌心，点击轻声|79|colour|奶白,樱粉,炭黑,豆绿
desktop|deskmat|双面皮革桌垫|一面皮一面绒，桌面立刻整洁|69|colour|焦糖,墨绿,炭黑
desktop|laptopstand|铝合金笔记本支架|抬高视线，肩颈轻松|129|colour|银色,炭黑
desktop|desklamp|屏前挂灯 无频闪|光只落在桌上，不打屏幕|179|colour|炭黑,银色
desktop|hub|七合一扩展坞|高清、读卡、供电一次接好|169|colour|银色,炭黑
stationery|notebook|布面精装方格手账本|平摊书写，墨水不洇|45|ruled|雾蓝,豆沙,墨绿
stationery|notebook|可拆活页笔记本 B5|随时增减，一学期一本|32|ruled|奶白,樱粉,薄荷
stationery|pencase|帆布拉链笔袋 大容量|装下整套彩笔和一把尺|35|colour|燕麦,藏青,姜黄
stationery|tape|和纸胶带 四季花草套装|十二卷，手撕无毛边|39|one|樱粉
stationery|watercolour|固体水彩套装 36色|透明度好，落笔就开|88|one|原木
skincare|serum|玻尿酸保湿精华液|薄薄一层，水润一整天|129|ml|雾蓝
skincare|serum|烟酰胺透亮精华|温和配方，早晚可用|149|ml|姜黄
skincare|cream|神经酰胺修护面霜|换季干燥时的一罐安心|159|ml|奶白
skincare|cream|山茶花滋润晚霜|睡前一勺，清晨软润|189|ml|樱粉
skincare|lotion|茶树清爽乳液|不黏不闷，油皮也喜欢|99|ml|薄荷
skincare|tube|氨基酸洁面乳|泡沫绵密，洗后不紧绷|59|pack|豆绿
skincare|sunscreen|轻透防晒乳 SPF50|成膜快，不泛白不搓泥|89|ml|鹅黄
skincare|maskpack|积雪草舒缓面膜 10片|熬夜之后，安静敷一片|79|pack|苔绿
makeup|lipstick|丝绒哑光口红|一抹显色，薄涂厚涂都好看|79|colour|正红,豆沙红,枫叶,蜜桃
makeup|lipstick|水光唇釉|镜面光泽，不拉干|69|colour|蜜桃,豆沙红,樱粉
makeup|cushionfoundation|轻雾气垫粉底|养肤粉霜，带妆一天仍服帖|139|colour|莹白,杏色
makeup|palette|大地色九宫格眼影|日常到聚会，一盘够用|109|one|焦糖
makeup|blush|奶油腮红膏|指腹拍开就是好气色|59|colour|蜜桃,豆沙,藕粉
makeup|perfume|木质调香水 雨后松林|前调佛手柑，尾调雪松|259|ml|苔绿
bodycare|shampoo|无硅油蓬松洗发水|清爽头皮，发根立起来|69|bigml|苔绿
bodycare|shampoo|角鲨烷柔顺护发素|吹干之后像绸缎|65|bigml|杏色
bodycare|shampoo|白茶香氛沐浴露|泡沫细，香味淡而久|55|bigml|薄荷
bodycare|handcream|橙花护手霜 三支礼盒|办公桌上常备，吸收快|79|pack|橘橙
bodycare|soap|手工冷制皂 橄榄与燕麦|四十天晾皂，温和起泡|36|pack|橄榄
bodycare|toothbrush|声波电动牙刷|三档力度，充一次用一个月|169|colour|纯白,雾蓝,樱粉
bodycare|toothpaste|海盐薄荷牙膏|清新一早上，泡沫刚刚好|25|pack|薄荷
bodycare|candle|大豆蜡香薰蜡烛|点一支，雨天也温柔|89|colour|奶白,墨绿,豆沙
snack|nutjar|每日坚果混合装 750克|七种坚果果干，独立小包|99|bag|焦糖
snack|nutjar|原味巴旦木仁 500克|低温慢烘，越嚼越香|59|bag|驼色
snack|snackbag|海盐焦糖爆米花|粒粒圆脆，追剧搭子|19.9|bag|姜黄
snack|snackbag|冻干草莓脆 60克|整颗草莓，酸甜酥脆|29.9|bag|朱红
snack|snackbag|手撕猪肉脯|薄而有嚼劲，微甜回甘|35|bag|酒红
snack|snackbag|海苔夹心脆|芝麻与海苔，一口一声脆|22|bag|墨绿
snack|honeyjar|山野土蜂蜜 500克|一年一取，入口有花香|88|pack|姜黄
tea|teatin|明前龙井 罐装|豆香清雅，回甘绵长|168|tin|苔绿
tea|teatin|正山小种红茶|松烟香与桂圆甜|118|tin|酒红
tea|teatin|茉莉花茶 七窨|七次窨花，花香入水|88|tin|鹅黄
tea|teabox|桂花乌龙三角茶包|冷泡热泡都相宜|45|pack|姜黄
tea|coffeebag|中深烘意式拼配咖啡豆|巧克力与坚果，奶咖基底|68|bag|咖啡
tea|coffeebag|云南日晒单品咖啡豆|莓果酸甜，手冲明亮|79|bag|陶土红
tea|driptea|挂耳咖啡 十包混合装|三分钟，办公室也有好咖啡|49|pack|雾蓝
pastry|cookies|海盐黄油曲奇 铁盒|黄油香浓，一口掉渣|49|pack|奶茶
pastry|cake|抹茶巴斯克蛋糕 6寸|外焦内软，茶香微苦|88|one|苔绿
pastry|pastry|鲜花饼 10枚|现采玫瑰，酥皮层层|39|pack|藕粉
festival|giftbox|中秋流心月饼礼盒|六枚三味，流心咸香|138|pack|藏青
festival|giftbox|新年坚果大礼盒|八罐装满一年的好意头|168|pack|中国红
fruit|fruitbox|赣南脐橙 当季鲜摘|皮薄多汁，甜中带酸|39.9|weight|橘橙
fruit|fruitbox|烟台红富士苹果|脆甜多汁，果面带霜|45|weight|朱红
fruit|fruitbox|丹东九九草莓|清晨采摘，冷链到家|69|weight|正红
fruit|fruitbox|库尔勒香梨|皮薄无渣，汁水丰盈|49.9|weight|豆绿
fruit|fruitbox|阳光玫瑰葡萄|玫瑰香气，脆而无籽|79|weight|薄荷
tops|tee|重磅纯棉圆领T恤|挺括不透，越洗越有型|79|clothes|纯白,炭黑,雾蓝,苔绿
tops|tee|条纹长袖打底衫|细条纹，四季都能叠穿|99|clothes|藏青,酒红
tops|shirt|法式亚麻衬衫|自然褶皱，风从袖口进来|189|clothes|纯白,天青,燕麦
tops|shirt|牛津纺常规衬衫|通勤与周末之间的一件|159|clothes|纯白,雾蓝
tops|sweater|美利奴羊毛圆领毛衣|细软不扎，单穿叠穿都好|269|clothes|燕麦,藏青,驼色
tops|sweater|粗棒针麻花开衫|天冷时随手披上的一件|329|clothes|米白,焦糖
tops|hoodie|加绒连帽卫衣|里面毛绒，外面利落|189|clothes|浅灰,墨绿,香芋
bottoms|trousers|直筒锥形休闲裤|微弹斜纹，久坐不鼓包|169|clothes|炭黑,燕麦,橄榄
bottoms|jeans|高腰直筒牛仔裤|经典水洗，腿型更直|199|clothes|牛仔蓝,炭黑
bottoms|dress|棉麻收腰连衣裙|领口一朵小绣花，走路带风|239|clothes|天青,豆沙,燕麦
bottoms|skirt|百褶半身长裙|垂坠有型，走起来像水波|179|clothes|驼色,墨绿
shoes|shoes|轻便网面跑步鞋|一体织鞋面，踩地有回弹|259|shoes|纯白,雾蓝
shoes|shoes|复古板鞋 牛皮款|低调百搭，小白鞋的耐看版|299|shoes|纯白
shoes|slippers|居家软底拖鞋|四厘米厚底，踩下去像云|39|shoes|豆沙
shoes|loafers|软皮乐福单鞋|一脚蹬，新鞋不磨脚|329|shoes|焦糖
shoes|socks|精梳棉中筒袜|袜口不勒，洗后不松|39|socks|浅灰,燕麦,藏青,豆绿
wearable|scarf|羊绒混纺素色围巾|一条过冬，软得像云|199|colour|驼色,雾灰,酒红
wearable|hat|羊毛针织冷帽|翻边设计，脸型友好|79|colour|燕麦,炭黑,陶土红
wearable|cap|水洗棉棒球帽|软顶不塌，晒后不褪色|69|colour|藏青,驼色,奶白
wearable|strawhat|拉菲草编遮阳帽|可折叠，宽檐遮光|99|colour|原木,奶白
wearable|sunglasses|偏光方框墨镜|开车逆光也看得清|159|colour|墨黑,咖啡
feeding|babybottle|宽口玻璃奶瓶|仿母乳流速，清洗方便|69|cupsize|樱粉,薄荷
feeding|babybowl|硅胶吸盘餐盘|吸得牢，宝宝掀不翻|49|colour|鹅黄,薄荷,藕粉
feeding|sippy|儿童吸管学饮杯|防呛防漏，小手好握|59|colour|鹅黄,雾蓝,樱粉
feeding|bib|立体接饭围兜|一冲就净，随身卷起带走|29|colour|豆绿,樱粉,雾蓝
toy|blocks|榉木彩色积木 60粒|圆角打磨，水性漆|99|one|原木
toy|plush|安抚小熊毛绒玩偶|抱着睡觉的老朋友|79|colour|驼色,米白,樱粉
toy|plush|垂耳兔毛绒公仔|耳朵软得可以缠在手指上|69|colour|浅灰,藕粉
toy|stacker|木质彩虹叠叠乐|大小颜色，一层一层认|89|one|陶土红
toy|woodcar|实木拖拉小火车|轮子圆，推拉都稳|69|one|朱红
nursery|pram|轻便折叠婴儿推车|单手收车，可上飞机|599|colour|雾灰,墨绿
nursery|carrier|透气婴儿背带|腰凳分担重量，久背不累|259|colour|雾蓝,燕麦
nursery|muslin|六层纱布抱被|吸汗透气，越洗越软|99|colour|天青,鹅黄,藕粉
petcare|dogtoy|耐咬绳结玩具套装|磨牙互动，洗衣机可洗|29|colour|橘橙,雾蓝
petcare|catwand|羽毛逗猫棒|换头设计，一玩半小时|19.9|colour|樱粉,薄荷
petbed|cattree|剑麻猫爬架|三层平台，晒太阳的位置留好了|269|colour|燕麦,浅灰
petbowl|petfood|全价冻干双拼猫粮 2kg|鸡肉配方，颗粒大小刚好|128|pack|藏青
fitness|yogamat|天然橡胶瑜伽垫|湿手不滑，体位线清晰|169|thick|香芋,豆绿,藏青
fitness|dumbbell|包胶家用哑铃|六角防滚，轻放无声|99|kg|炭黑,香芋
fitness|jumprope|竹节计数跳绳|长度可调，不打结|39|colour|樱粉,雾蓝
fitness|sportbottle|运动弹盖水杯|单手开盖，带刻度|59|bottle|雾蓝,墨绿,橘橙
fitness|foamroller|泡沫轴肌肉放松棒|跑后十分钟，腿轻一半|69|colour|炭黑,雪青
camping|tent|速开遮阳帐篷|三十秒撑开，涂银遮光|329|people|米白,苔绿
camping|campchair|折叠月亮椅|坐进去就不想起来|149|colour|燕麦,苔绿,炭黑
camping|lantern|复古露营氛围灯|暖光三档，可挂可放|99|colour|墨绿,古铜
camping|thermos|户外大容量保温壶|早上灌满，晚上还烫|159|bottle|墨绿,奶白
bag|backpack|通勤双肩包 15寸电脑隔层|分区清楚，雨天不慌|229|colour|炭黑,雾蓝,燕麦
bag|tote|加厚帆布托特包|买菜上班都装得下|79|colour|米白,藏青,墨绿
bag|crossbody|软皮小方包|装得下手机口红和钥匙|259|colour|焦糖,墨黑,奶白
cup|mug|粗陶手作马克杯|釉色流动，只只不同|69|cupsize|燕麦,墨绿,雾蓝
cup|mug|家用早餐牛奶杯|杯口圆润，微波炉可用|39|cupsize|奶白,樱粉,鹅黄
cup|thermos|不锈钢保温杯 弹盖款|六小时后还烫嘴|99|bottle|奶白,雾蓝,墨绿
cup|glass|耐热玻璃水杯 四只装|透亮轻薄，冷热不惧|59|pieces|透明
cup|teapot|开片釉茶壶|开片如冰，越养越润|239|set|天青,奶白
cup|kettle|细口手冲壶|出水如线，温度显示|199|colour|炭黑,奶白
tableware|bowl|日式釉下彩饭碗|手绘线条，洗碗机可用|29|pieces|雾蓝,奶白,豆绿
tableware|plate|哑光陶瓷西餐盘|摆什么都像餐厅|45|pieces|奶白,炭黑,陶土红
tableware|lunchbox|分格不锈钢便当盒|汤菜分开，密封不漏|89|colour|雾蓝,奶白,樱粉
tableware|chopsticks|鸡翅木筷 十双装|不打漆，天然木蜡油|49|set|胡桃
tableware|bento|玻璃保鲜盒三件套|冷冻微波一盒到底|79|set|透明
cooktool|knife|锻打厨师刀|一把切遍荤素，刀背不硌手|199|one|银色
cooktool|board|整木菜板 相思木|厚实不裂，两面可用|119|pan|胡桃
cooktool|spatula|硅胶铲勺四件套|护锅不划，耐热二百三十度|69|colour|墨绿,奶白,陶土红
pan|wok|无涂层手工铁锅|手工锻打，越养越不粘|299|pan|炭黑
pan|pot|奶油色珐琅炖锅|小火慢炖，一锅端上桌|329|pan|米白,薄荷,樱粉
decor|vase|素烧陶瓷花瓶|一枝就够，三枝刚好|89|colour|奶白,陶土红,炭黑
decor|frame|实木相框 六寸|把那天的阳光留在墙上|39|colour|原木,胡桃
decor|diffuser|藤条香薰 无火扩香|推门就是好闻的家|99|colour|苔绿,奶白
lamp|pendant|玻璃球吊灯|光像刚磨好的豆浆|329|colour|奶白,古铜
furniture|shelf|五层实木书架|层板可调，榫卯结构|699|wood|原木
seating|armchair|羊羔绒单人沙发|陷进去，读完一本书|899|colour|米白,苔绿,焦糖
hobby|figure|陶艺盲盒摆件 小动物系列|桌上多一个安静的朋友|49|colour|米白,薄荷,樱粉
`;
