/** Alipay writes its bills in GBK. Node reads that but does not write it: the table is its own reading, turned round. */
let codes: Map<string, number> | undefined;

function tableOf(): Map<string, number> {
  const table = new Map<string, number>();
  const decoder = new TextDecoder('gbk');
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\ufffd' && !table.has(character))
        table.set(character, lead * 256 + trail);
    }
  }
  return table;
}

/** What GBK does not have becomes a question mark, as in Alipay's own files. */
export function toGbk(text: string): Buffer {
  codes ??= tableOf();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0) < 0x80 ? character.charCodeAt(0) : (codes.get(character) ?? 0x3f);
    if (code > 0xff) bytes.push(code >> 8, code & 0xff);
    else bytes.push(code);
  }
  return Buffer.from(bytes);
}
