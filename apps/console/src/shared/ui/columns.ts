export interface Column {
  key: string;
  title: string;
  width?: number;
  minWidth?: number;
  align?: 'left' | 'right' | 'center';
  /** Always shown, kept at the left edge. */
  fixed?: boolean;
  /** Starts hidden until chosen. */
  hidden?: boolean;
  hint?: string;
}

const storageKey = (list: string) => `xiaopu.console.columns.${list}`;

export function readHidden(list: string, columns: Column[]): string[] {
  try {
    const saved = JSON.parse(localStorage.getItem(storageKey(list)) ?? 'null');
    if (Array.isArray(saved)) return saved.filter((key) => columns.some((column) => column.key === key));
  } catch {
    // a broken or blocked store only loses a preference
  }
  return columns.filter((column) => column.hidden).map((column) => column.key);
}

export function writeHidden(list: string, keys: string[]): void {
  try {
    localStorage.setItem(storageKey(list), JSON.stringify(keys));
  } catch {
    // private windows may refuse; the choice then lasts for this visit
  }
}
