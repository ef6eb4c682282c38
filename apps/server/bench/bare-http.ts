/** The yardstick: a bare node:http server that answers a small JSON, alone in its process. Prints its port. */
import { createServer } from 'node:http';

const body = JSON.stringify({
  status: 'ok',
  items: Array.from({ length: 5 }, (_, id) => ({ id, title: '商品', salePrice: 1990 })),
});
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };

const server = createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
