import type { DemoSpec } from '../types.ts';

/** A spec template adds one or two dimensions after the colour; `steps` multiply price and weight per value. */
interface Template {
  name: string;
  values: string[];
  steps?: number[];
  /** The colour dimension is left out: these goods come in one look. */
  plain?: true;
  third?: { name: string; values: string[]; steps: number[] };
}

export const specTemplates: Record<string, Template> = {
  bed: { name: '尺寸', values: ['1.5m床', '1.8m床'], steps: [1, 1.12] },
  sheet: { name: '尺寸', values: ['1.2m床', '1.5m床', '1.8m床'], steps: [1, 1.15, 1.28] },
  duvet: { name: '尺寸', values: ['150×200cm', '200×230cm', '220×240cm'], steps: [1, 1.28, 1.45] },
  mat: { name: '尺寸', values: ['1.5m床', '1.8m床'], steps: [1, 1.2], plain: true },
  mattress: { name: '尺寸', values: ['1.2m', '1.5m', '1.8m'], steps: [1, 1.2, 1.38], plain: true },
  pillow: { name: '规格', values: ['单只装', '一对装'], steps: [1, 1.88] },
  throw: { name: '尺寸', values: ['100×150cm', '150×200cm'], steps: [1, 1.5] },
  rug: { name: '尺寸', values: ['120×180cm', '160×230cm', '200×290cm'], steps: [1, 1.6, 2.4] },
  mat2: { name: '尺寸', values: ['40×60cm', '50×80cm'], steps: [1, 1.4] },
  curtain: { name: '尺寸', values: ['1.5×2.6m', '2.0×2.7m', '3.0×2.7m'], steps: [1, 1.3, 1.9] },
  cushion: { name: '规格', values: ['含芯', '仅枕套'], steps: [1.3, 1] },
  seat: { name: '规格', values: ['40×40cm', '45×45cm'], steps: [1, 1.2] },
  colour: { name: '', values: [] },
  wood: { name: '材质', values: ['橡木', '胡桃木'], steps: [1, 1.35], plain: true },
  table: { name: '尺寸', values: ['1.2m', '1.4m', '1.6m'], steps: [1, 1.12, 1.28] },
  set: { name: '套餐', values: ['单件', '两件套'], steps: [1, 1.85] },
  pan: { name: '口径', values: ['24cm', '28cm', '32cm'], steps: [1, 1.15, 1.32] },
  cupsize: { name: '容量', values: ['350ml', '500ml'], steps: [1, 1.2] },
  bottle: { name: '容量', values: ['500ml', '750ml', '1000ml'], steps: [1, 1.2, 1.42] },
  pieces: { name: '件数', values: ['单只', '四只装'], steps: [1, 3.6] },
  pack: { name: '规格', values: ['1盒', '2盒', '3盒'], steps: [1, 1.92, 2.76], plain: true },
  bag: { name: '规格', values: ['1袋', '3袋', '5袋'], steps: [1, 2.7, 4.3], plain: true },
  tin: { name: '规格', values: ['75g', '150g', '250g'], steps: [1, 1.9, 2.9], plain: true },
  weight: { name: '净重', values: ['2.5斤装', '4.5斤装', '9斤装'], steps: [1, 1.6, 2.9], plain: true },
  clothes: { name: '尺码', values: ['S', 'M', 'L', 'XL'] },
  briefs: {
    name: '尺码',
    values: ['M', 'L', 'XL'],
    third: { name: '规格', values: ['单条', '三条装'], steps: [1, 2.75] },
  },
  shoes: { name: '尺码', values: ['36', '37', '38', '39', '40', '41', '42'] },
  socks: { name: '规格', values: ['3双装', '5双装'], steps: [1, 1.55] },
  towel: { name: '规格', values: ['单条', '两条装'], steps: [1, 1.86] },
  ml: { name: '容量', values: ['30ml', '50ml'], steps: [1, 1.5], plain: true },
  bigml: { name: '容量', values: ['300ml', '500ml'], steps: [1, 1.45], plain: true },
  baby: { name: '尺码', values: ['66cm', '73cm', '80cm', '90cm'] },
  petsize: { name: '尺寸', values: ['S（5kg以下）', 'M（10kg以下）', 'L（20kg以下）'], steps: [1, 1.25, 1.5] },
  length: { name: '长度', values: ['1.2m', '1.5m', '3m'], steps: [1, 1.15, 1.5] },
  cable: { name: '长度', values: ['1m', '2m'], steps: [1, 1.3] },
  power: { name: '功率', values: ['20W', '33W', '65W'], steps: [1, 1.3, 1.9] },
  nib: { name: '笔尖', values: ['EF尖', 'F尖'], steps: [1, 1] },
  pens: { name: '规格', values: ['单支', '5支装', '10支装'], steps: [1, 4.6, 8.8] },
  ruled: { name: '内页', values: ['横线', '方格', '空白'] },
  luggage: { name: '尺寸', values: ['20寸', '24寸', '28寸'], steps: [1, 1.2, 1.42] },
  kg: { name: '重量', values: ['2kg×2', '4kg×2', '6kg×2'], steps: [1, 1.6, 2.2] },
  thick: { name: '厚度', values: ['6mm', '8mm', '10mm'], steps: [1, 1.15, 1.3] },
  people: { name: '规格', values: ['2人', '3–4人'], steps: [1, 1.45] },
  one: { name: '规格', values: ['标准款'], plain: true },
};

export interface Combination {
  specs: Record<string, string>;
  factor: number;
  colour: string | null;
}

/** All SKU combinations of a template with these colours, in the order shops list them. */
export function combine(templateName: string, colours: string[]): { specs: DemoSpec[]; combinations: Combination[] } {
  const template = specTemplates[templateName];
  if (!template) throw new Error(`unknown spec template ${templateName}`);
  const dimensions: { name: string; values: string[]; steps: number[] }[] = [];
  if (!template.plain && colours.length > 0)
    dimensions.push({ name: '颜色', values: colours, steps: colours.map(() => 1) });
  if (template.values.length > 0) {
    dimensions.push({
      name: template.name,
      values: template.values,
      steps: template.steps ?? template.values.map(() => 1),
    });
  }
  if (template.third) dimensions.push(template.third);
  let combinations: Combination[] = [{ specs: {}, factor: 1, colour: null }];
  for (const { name, values, steps } of dimensions) {
    combinations = combinations.flatMap((base) =>
      values.map((value, index) => ({
        specs: { ...base.specs, [name]: value },
        factor: base.factor * (steps[index] ?? 1),
        colour: name === '颜色' ? value : base.colour,
      })),
    );
  }
  return { specs: dimensions.map(({ name, values }) => ({ name, values })), combinations };
}
