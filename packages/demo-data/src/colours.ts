/** Colour names as shops write them, with the cloth or glaze colour they are drawn in. One muted family: nothing neon. */
export const colourNames: Record<string, string> = {
  米白: '#EFE8DA', 奶白: '#F2EDE2', 燕麦: '#DDD0BA', 杏色: '#E6CDB0', 奶茶: '#CDB499', 驼色: '#BE9468', 焦糖: '#A9693C',
  咖啡: '#6E4B37', 浅灰: '#C9C9C6', 雾灰: '#A9ADAF', 深灰: '#5E6266', 炭黑: '#34363A', 墨黑: '#26272B', 纯白: '#F7F6F2',
  雾蓝: '#8FA6BA', 湖蓝: '#5E93A8', 天青: '#9FC3C6', 藏青: '#2F4160', 星空蓝: '#34507E', 牛仔蓝: '#5C7698',
  豆绿: '#A9B894', 苔绿: '#6F7D56', 墨绿: '#35523F', 薄荷: '#A6CDBB', 橄榄: '#87834F',
  豆沙: '#C48F86', 樱粉: '#E9BFC0', 胭脂粉: '#D9949B', 藕粉: '#DDB9B4', 酒红: '#7C2F3A', 陶土红: '#BD6A4C', 朱红: '#CF4A38', 中国红: '#C2322C',
  鹅黄: '#EDD58C', 姜黄: '#D3A243', 柠黄: '#EBD968', 橘橙: '#DF8A4A', 雪青: '#B5A8CC', 香芋: '#A68FB0', 原木: '#D2A878', 胡桃: '#7A5338',
  素雅灰: '#B4B4B1', 青粉: '#B9CFC6', 莹白: '#F6F4EF', 银色: '#C8CCD0', 玫瑰金: '#D8A995', 香槟: '#DCC7A1', 古铜: '#9A7146', 透明: '#D6E4E6',
  灰黄: '#D8C98F', 蓝粉: '#A9B6D2', 蓝灰: '#93A1B0', 绿格: '#A7C0A4', 正红: '#BF2F3B', 豆沙红: '#B0605C', 枫叶: '#A94B36', 蜜桃: '#E9A48E',
};

export const colourOf = (name: string): string => colourNames[name] ?? '#CDB499';
