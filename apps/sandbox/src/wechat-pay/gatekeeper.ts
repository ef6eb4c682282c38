import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noteOnRequest } from '../platform/journal.ts';
import { randomHex } from '../platform/random.ts';
import { bodyText } from '../platform/raw-body.ts';
import type { World } from '../platform/world.ts';
import { invalidRequest, PayError, signError, systemError } from './errors.ts';
import { isMultipart, parsePicture } from './multipart.ts';
import { probeSignature, type SigningKey, signatureHeaders, verifyRequest, wrongSignature } from './signature.ts';

const TRANSACTION_PATH = /\/v3\/pay\/transactions\//;
const REPLAY_MEMORY_MS = 600_000;
const JSON_TYPE = 'application/json; charset=utf-8';

declare module 'fastify' {
  interface FastifyRequest {
    payFault: string;
    paySigningKey: SigningKey | undefined;
    payIsUnsigned: boolean;
    payErrorNumber: string;
  }
}

/** Everything that stands before and after a WeChat Pay handler: signatures both ways, limits and the faults people switch on. */
export function guardPayRoutes(app: FastifyInstance, world: World): void {
  const { switches, keyring, transport } = world;
  const { platformCertificateSerial, platformPublicKeyId } = keyring.credentials;
  const seenNonces = new Map<string, number>();
  let second = 0;
  let requestsThisSecond = 0;

  app.decorateRequest('payFault', 'none');
  app.decorateRequest('paySigningKey', undefined);
  app.decorateRequest('payIsUnsigned', false);
  app.decorateRequest('payErrorNumber', '0');

  function chooseResponseKey(request: FastifyRequest): SigningKey {
    const serial = request.headers['wechatpay-serial'];
    const mode = switches.text('pay.signatureMode');
    const isKnown =
      serial === undefined ||
      (serial === platformPublicKeyId && mode !== 'certificate') ||
      (String(serial).toUpperCase() === platformCertificateSerial && mode !== 'public-key');
    if (!isKnown) throw invalidRequest('Http头Wechatpay-Serial不正确，请使用有效的平台证书序列号或微信支付公钥ID');
    if (mode !== 'both') return mode as SigningKey;
    return serial === platformPublicKeyId ? 'public-key' : 'certificate';
  }

  function rejectReplay(nonce: string): void {
    if (!switches.isOn('pay.rejectReplay')) return;
    const now = Date.now();
    for (const [seen, at] of seenNonces) {
      if (now - at < REPLAY_MEMORY_MS) break;
      seenNonces.delete(seen);
    }
    if (seenNonces.has(nonce)) throw signError('Http头Authorization中的nonce_str重复');
    seenNonces.set(nonce, now);
  }

  function limitRate(): void {
    const limit = switches.number('pay.requestsPerSecond');
    if (limit === 0) return;
    const current = Math.floor(Date.now() / 1000);
    if (current !== second) {
      second = current;
      requestsThisSecond = 0;
    }
    requestsThisSecond += 1;
    if (requestsThisSecond > limit) throw rateLimited();
  }

  const rateLimited = () =>
    new PayError(429, switches.text('pay.rateLimitCode'), '频率超限，请求已被限制，请降低频率后重试');

  /** Of a picture only its `meta` is signed. */
  function signedText({ headers, body }: FastifyRequest): string {
    const text = bodyText(body);
    const type = headers['content-type'];
    return isMultipart(type) ? parsePicture(type, text).metaText : text;
  }

  app.addHook('preHandler', async (request, reply) => {
    const { headers } = request;
    if (!headers['user-agent'] || !headers.accept) throw invalidRequest('Http头缺少Accept或User-Agent');
    const sent = request.raw.url ?? '';
    const stripped = sent.slice(app.prefix.length);
    try {
      const authorization = verifyRequest(
        headers.authorization,
        { method: request.method, paths: [sent, stripped], body: signedText(request) },
        keyring,
        transport,
      );
      rejectReplay(authorization.nonce);
    } catch (error) {
      noteOnRequest(request, error instanceof Error ? error.message : '验签失败', 'bad');
      throw error;
    }
    noteOnRequest(request, '', 'ok');
    request.paySigningKey = chooseResponseKey(request);
    limitRate();
    if (stripped.includes(switches.text('pay.responseFaultPath'))) await applyFaultBefore(request, reply);
  });

  async function applyFaultBefore(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const fault = switches.takeFault('pay.responseFault');
    if (fault === 'none') return;
    request.payFault = fault;
    noteOnRequest(request, `故障 ${fault}`);
    switch (fault) {
      case 'slow':
        await sleep(switches.number('pay.slowMs'));
        return;
      case 'http-429':
        throw rateLimited();
      case 'http-500':
        throw systemError();
      case 'http-503':
        throw new PayError(503, 'SERVICE_UNAVAILABLE', '服务不可用，请稍后重试');
      case 'dropped':
        reply.hijack();
        request.raw.socket.destroy();
    }
  }

  app.addHook('onSend', async (request, reply, payload) => {
    const text = typeof payload === 'string' ? payload : '';
    const isTransactionRefusal = reply.statusCode === 401 && TRANSACTION_PATH.test(request.raw.url ?? '');
    if (!isTransactionRefusal) {
      reply.header('Request-ID', `08${randomHex(14).toUpperCase()}-${request.payErrorNumber}`);
    }
    if (request.payFault === 'http-500-after' && reply.statusCode < 300) {
      reply.code(500).header('content-type', JSON_TYPE);
      return JSON.stringify(systemError().toBody());
    }
    if (request.payFault === 'dropped-after') request.raw.socket.destroy();

    const isSuccess = reply.statusCode < 300;
    const key = request.paySigningKey;
    const isSigned = key && !request.payIsUnsigned && (isSuccess || switches.isOn('pay.signErrors'));
    if (!isSigned || request.payFault === 'unsigned') return payload;
    const signed = await signatureHeaders(text, key, keyring, transport);
    if (request.payFault === 'bad-signature') signed['Wechatpay-Signature'] = wrongSignature();
    if (request.payFault === 'sign-test') signed['Wechatpay-Signature'] = probeSignature();
    reply.headers(signed);
    return payload;
  });

  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof PayError ? error : undefined;
    if (!known)
      process.emitWarning(`sandbox wechat-pay failed: ${error instanceof Error ? error.stack : String(error)}`);
    const refusal = known ?? systemError();
    request.payErrorNumber = refusal.internalNumber;
    return reply.code(refusal.status).header('content-type', JSON_TYPE).send(JSON.stringify(refusal.toBody()));
  });
}
