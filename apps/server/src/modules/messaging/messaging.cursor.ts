import { defineError } from '#platform/errors.ts';

export const cursorInvalid = defineError('messaging.cursor_invalid', 'invalid', '页码已失效，请刷新');

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const encodeCursor = (messageId: string): string => Buffer.from(messageId).toString('base64url');

export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const messageId = Buffer.from(cursor, 'base64url').toString();
  if (!uuid.test(messageId)) throw cursorInvalid();
  return messageId;
}
