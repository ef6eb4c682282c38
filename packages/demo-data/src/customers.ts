/** The people whose thirty days of buying the demo plays: given names and cities, nobody real. */
export interface DemoCustomer {
  nickname: string;
  /** Who receives. */
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  detail: string;
}

const places: [province: string, city: string, district: string, detail: string][] = [
  ['浙江省', '杭州市', '西湖区', '文三路 1 号 3 幢 502'],
  ['上海市', '上海市', '徐汇区', '漕溪北路 18 号 1204'],
  ['四川省', '成都市', '武侯区', '桐梓林东路 6 号 2 单元 801'],
  ['河南省', '郑州市', '金水区', '花园路 39 号 5 号楼 302'],
  ['广东省', '广州市', '天河区', '体育西路 103 号 1506'],
  ['陕西省', '西安市', '雁塔区', '小寨东路 11 号 702'],
  ['湖北省', '武汉市', '洪山区', '珞喻路 152 号 9 栋 1103'],
  ['江苏省', '苏州市', '姑苏区', '干将西路 218 号 405'],
  ['湖南省', '长沙市', '岳麓区', '麓山南路 36 号 601'],
  ['山东省', '青岛市', '市南区', '香港中路 9 号 1802'],
  ['福建省', '厦门市', '思明区', '湖滨南路 77 号 906'],
  ['云南省', '昆明市', '盘龙区', '北京路 611 号 1401'],
];

const names: [nickname: string, name: string][] = [
  ['小满', '何小满'],
  ['南风知我意', '陆南'],
  ['阿柚', '尤佳'],
  ['豆包妈妈', '窦雯'],
  ['晚晚', '江晚'],
  ['山茶', '查珊'],
  ['木子李', '李梓'],
  ['可可西里', '柯可'],
  ['七月流火', '齐越'],
  ['青柠', '秦宁'],
  ['麦芽糖', '麦雅'],
  ['拾光', '石光'],
  ['橘猫不胖', '鞠茂'],
  ['北北', '白贝'],
  ['老周', '周建国'],
  ['静水', '金静'],
  ['大鱼', '余大伟'],
  ['云朵朵', '云朵'],
  ['陈皮', '陈丕'],
  ['夏天的风', '夏天'],
  ['一苇', '易苇'],
  ['栗子', '黎紫'],
  ['溪边', '奚遍'],
  ['松鼠', '宋舒'],
];

/** Made-up people and phones. */
export const customers: readonly DemoCustomer[] = names.map(([nickname, name], index) => {
  const [province, city, district, detail] = places[index % places.length] ?? ['', '', '', ''];
  return { nickname, name, phone: `1990000${String(1001 + index)}`, province, city, district, detail };
});

/** Whom one logs in as at the sandbox, with a past: the two one meets first there. */
export const regulars: readonly (DemoCustomer & { persona: string })[] = [
  {
    persona: 'lin-xia',
    nickname: '林夏',
    name: '林夏',
    phone: '13800000001',
    province: '浙江省',
    city: '杭州市',
    district: '滨江区',
    detail: '江南大道 588 号 7 幢 1601',
  },
  {
    persona: 'chen-mo',
    nickname: '陈默',
    name: '陈默',
    phone: '13800000002',
    province: '上海市',
    city: '上海市',
    district: '长宁区',
    detail: '愚园路 361 弄 12 号 402',
  },
];
