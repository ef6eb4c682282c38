/** `npm run build`: every client that is missing or stale: H5, WeChat, Alipay, Baidu, console. */
import { allClients, buildClients } from './build-clients.ts';

process.chdir(new URL('..', import.meta.url).pathname);
await buildClients(allClients);
