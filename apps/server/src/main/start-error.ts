/** Turns whatever stopped the start into one sentence a merchant can act on. */
export function explainStartError(error: unknown): string {
  if (!(error instanceof Error)) return `Xiaopu could not start: ${String(error)}`;
  const { code, syscall, path, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Stop it, or set PORT to a free one.`;
  if (code === 'EACCES' && syscall === 'listen')
    return `Port ${port} needs more rights than this user has. Set PORT above 1023.`;
  if (code === 'EADDRNOTAVAIL') return 'HOST is not an address of this machine.';
  if (code === 'ENOSPC') return 'The disk is full: free some space, or set DATA_DIR to another disk.';
  if (code === 'EROFS' || ((code === 'EACCES' || code === 'EPERM') && path)) {
    return `The folder of ${path} cannot be written. Set DATA_DIR to one that can.`;
  }
  if (path && (code === 'ENOTDIR' || code === 'EEXIST'))
    return `DATA_DIR (${path}) is not a folder. Set DATA_DIR to one.`;
  if (/No space left on device/i.test(error.message))
    return 'The disk is full: free some space, or set DATA_DIR to another disk.';
  if (code === 'ECONNREFUSED') return 'The database of DATABASE_URL does not answer.';
  if (code === '28P01' || code === '28000') return 'The database of DATABASE_URL refuses the user or password.';
  if (code === '3D000') return 'The database named in DATABASE_URL does not exist.';
  return error.message;
}
