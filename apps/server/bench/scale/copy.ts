/** COPY … FROM STDIN: rows as text, a block at a time, as fast as PostgreSQL takes them. */
import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** null is SQL's. Arrays and JSON arrive as PostgreSQL writes them. */
export type Cell = string | number | boolean | null;

const blockLength = 256 * 1_024;

const encode = (cell: Cell): string => {
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return /[\\\t\n\r]/.test(cell) ? escaped(cell) : cell;
  return typeof cell === 'number' ? String(cell) : cell ? 't' : 'f';
};
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

export interface Copier {
  add(cells: readonly Cell[]): void;
  /** Waits while PostgreSQL is behind; call it now and then. */
  flush(): Promise<void>;
  end(): Promise<void>;
}

/** One table's stream on a connection of its own. */
export function startCopy(client: pg.Client, table: string, columns: readonly string[], options = ''): Copier {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin ${options}`));
  const failed = new Promise<never>((_, fail) => stream.once('error', fail));
  failed.catch(() => {});
  let block = '';
  const write = async () => {
    const text = block;
    block = '';
    if (text !== '' && !stream.write(text)) await Promise.race([once(stream, 'drain'), failed]);
  };
  return {
    add(cells) {
      let line = '';
      for (let index = 0; index < cells.length; index += 1) {
        if (index > 0) line += '\t';
        line += encode(cells[index] as Cell);
      }
      block += `${line}\n`;
    },
    async flush() {
      if (block.length > blockLength) await write();
    },
    async end() {
      await write();
      const finished = once(stream, 'finish');
      stream.end();
      await Promise.race([finished, failed]);
    },
  };
}

/** `{…}` of texts that hold no quote. */
export const textArray = (values: readonly string[]): string => `{${values.map((value) => `"${value}"`).join(',')}}`;
