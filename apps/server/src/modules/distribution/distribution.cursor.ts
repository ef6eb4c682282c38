/** Keyset positions of a distributor's lists: an instant, and what tells rows of one instant apart. */
export interface Position {
  at: Date;
  key: string;
}

export const encodeCursor = ({ at, key }: Position): string =>
  Buffer.from(`${at.getTime()}.${key}`).toString('base64url');

/** Undefined for anything we did not hand out: the list then starts at the top. */
export function decodeCursor(cursor: string | undefined): Position | undefined {
  const match = /^(\d{1,15})\.([0-9a-f/-]{1,40})$/.exec(Buffer.from(cursor ?? '', 'base64url').toString());
  return match ? { at: new Date(Number(match[1])), key: match[2] as string } : undefined;
}
