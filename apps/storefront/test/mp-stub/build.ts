import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
export const weixinDist = fileURLToPath(new URL('../../dist/build/mp-weixin', import.meta.url));

/** Builds the WeChat target unless it already stands for the sources as they are. */
export function buildWeixin(): void {
  const script = "import { buildClients } from './scripts/build-clients.ts'; await buildClients(['mp-weixin']);";
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: repository, stdio: 'pipe' });
}
