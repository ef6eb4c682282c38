/**
 * SMS by Alibaba Cloud's Dysmsapi 2017-05-25 (SendSms, QuerySendDetails), signed by ACS3-HMAC-SHA256. Written from knowledge of
 * that API and proved against the sandbox's twin only.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { type Clock, shanghaiDay } from '#platform/clock.ts';

export interface SmsConfig {
  baseUrl: string;
  accessKeyId: string;
  accessKeySecret: string;
  signName: string;
  /** A template with one variable, ${content}. */
  templateCode: string;
}
export type SmsVerdict = { state: 'sent'; ref: string } | { state: 'retry' | 'refused' | 'unsure'; reason: string };
export interface SmsGateway {
  send(message: { phone: string; text: string; outId: string }): Promise<SmsVerdict>;
  receipt(of: { phone: string; ref: string; sentAt: Date }): Promise<'waiting' | 'arrived' | 'failed'>;
}

const contentLimit = 35;
/** Nothing was sent, and later is fine. */
const passing = new Set(['isv.BUSINESS_LIMIT_CONTROL', 'isv.AMOUNT_NOT_ENOUGH', 'isp.SYSTEM_ERROR', 'Throttling.User']);
const encode = (value: string): string =>
  encodeURIComponent(value).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');

export function createSmsGateway({
  config,
  clock,
  fetch: send = fetch,
}: {
  config: SmsConfig;
  clock: Clock;
  fetch?: typeof fetch;
}): SmsGateway {
  const { accessKeyId, accessKeySecret, signName, templateCode } = config;
  const url = new URL(`${config.baseUrl.replace(/\/+$/, '')}/`);

  async function call(action: string, parameters: Record<string, string>): Promise<Record<string, unknown>> {
    const query = Object.entries(parameters)
      .map(([key, value]) => `${encode(key)}=${encode(value)}`)
      .sort()
      .join('&');
    const headers: Record<string, string> = {
      host: url.host,
      'x-acs-action': action,
      'x-acs-content-sha256': sha256(''),
      'x-acs-date': clock
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-version': '2017-05-25',
    };
    const names = Object.keys(headers).sort();
    const canonical = [
      'POST',
      '/',
      query,
      ...names.map((name) => `${name}:${headers[name]}`),
      '',
      names.join(';'),
      headers['x-acs-content-sha256'],
    ].join('\n');
    const signature = createHmac('sha256', accessKeySecret)
      .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
      .digest('hex');
    const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
    const response = await send(`${url}?${query}`, { method: 'POST', headers: { ...headers, authorization } });
    return (await response.json()) as Record<string, unknown>;
  }

  return {
    async send({ phone, text, outId }) {
      const content = [...text].slice(0, contentLimit).join('');
      let reply: Record<string, unknown>;
      try {
        reply = await call('SendSms', {
          PhoneNumbers: phone,
          SignName: signName,
          TemplateCode: templateCode,
          TemplateParam: JSON.stringify({ content }),
          OutId: outId,
        });
      } catch (error) {
        // No answer: it may have been sent, and is not sent twice.
        return { state: 'unsure', reason: (error as Error).message };
      }
      if (reply.Code === 'OK') return { state: 'sent', ref: String(reply.BizId) };
      const reason = String(reply.Code);
      return { state: passing.has(reason) ? 'retry' : 'refused', reason };
    },
    async receipt({ phone, ref, sentAt }) {
      const reply = await call('QuerySendDetails', {
        PhoneNumber: phone,
        BizId: ref,
        SendDate: shanghaiDay(sentAt).replaceAll('-', ''),
        PageSize: '10',
        CurrentPage: '1',
      });
      const details = reply.SmsSendDetailDTOs as { SmsSendDetailDTO?: { SendStatus?: number }[] } | undefined;
      const status = details?.SmsSendDetailDTO?.[0]?.SendStatus;
      return status === 3 ? 'arrived' : status === 2 ? 'failed' : 'waiting';
    },
  };
}
