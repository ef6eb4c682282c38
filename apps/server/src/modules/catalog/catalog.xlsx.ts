/** Just enough of XLSX: sheets of text and numbers, written as a stream; read with a bound on what a zip may unpack to. */

import { Readable } from 'node:stream';
import { strToU8, unzipSync, Zip, ZipDeflate } from 'fflate';
import { readSheet } from 'read-excel-file/node';

export type Cell = string | number | null;

export interface Sheet {
  name: string;
  /** Width in characters a column. */
  widths: number[];
  header: string[];
  rows: Iterable<Cell[]> | AsyncIterable<Cell[]>;
}

const escapeXml = (text: string): string =>
  text
    .replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const columnName = (index: number): string =>
  (index < 26 ? '' : columnName(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

// Inline strings are never read as formulas: a title that begins with "=" stays a title.
function rowXml(number: number, cells: Cell[], style = 0): string {
  const xml = cells.map((cell, index) => {
    if (cell === null) return '';
    const at = `r="${columnName(index)}${number}" s="${style}"`;
    return typeof cell === 'number'
      ? `<c ${at}><v>${cell}</v></c>`
      : `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`;
  });
  return `<row r="${number}">${xml.join('')}</row>`;
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const parts = (sheets: Sheet[]): Record<string, string> => ({
  '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${sheets.map((_, index) => `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${type}.worksheet+xml"/>`).join('')}</Types>`,
  '_rels/.rels': `${head}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${sheets.map(({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packageRelations}">${sheets.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}<Relationship Id="rId${sheets.length + 1}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><fonts count="2"><font/><font><b/></font></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
});

async function* sheetXml({ widths, header, rows }: Sheet): AsyncGenerator<string> {
  const columns = widths
    .map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`)
    .join('');
  yield `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns}</cols><sheetData>${rowXml(1, header, 1)}`;
  let number = 1;
  for await (const row of rows) {
    number += 1;
    yield rowXml(number, row);
  }
  yield '</sheetData></worksheet>';
}

async function* workbookBytes(sheets: Sheet[]): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  function* taken(): Generator<Uint8Array> {
    yield* ready.splice(0);
  }
  for (const [name, xml] of Object.entries(parts(sheets))) {
    const part = new ZipDeflate(name);
    zip.add(part);
    part.push(strToU8(xml), true);
    yield* taken();
  }
  for (const [index, sheet] of sheets.entries()) {
    const part = new ZipDeflate(`xl/worksheets/sheet${index + 1}.xml`, { level: 4 });
    zip.add(part);
    for await (const xml of sheetXml(sheet)) {
      part.push(strToU8(xml));
      yield* taken();
    }
    part.push(new Uint8Array(0), true);
    yield* taken();
  }
  zip.end();
  yield* taken();
}

/** Rows are pulled as the reader takes bytes: a large shop's export never stands in memory whole. */
export const writeWorkbook = (sheets: Sheet[]): Readable => Readable.from(workbookBytes(sheets), { objectMode: false });

const unpackedLimitBytes = 100 * 1024 * 1024;

/** Cells of the first sheet. @throws when it is no workbook, or unpacks to more than a shop's goods ever take */
export async function readWorkbook(bytes: Uint8Array): Promise<Cell[][]> {
  let unpacked = 0;
  unzipSync(bytes, {
    filter: ({ originalSize }) => {
      unpacked += originalSize;
      return false;
    },
  });
  if (unpacked > unpackedLimitBytes) throw new RangeError('workbook unpacks to too much');
  const rows = await readSheet(Buffer.from(bytes));
  return rows.map((row) =>
    row.map((cell) =>
      cell === null || cell === undefined ? null : typeof cell === 'number' ? cell : String(cell).trim() || null,
    ),
  );
}
