/** The consumer-complaint calls of WeChat Pay (2.0). Never in a transaction. */
import type { WechatComplaint, WechatLog } from './complaints.domain.ts';

/** What complaints need of the WeChat Pay gateway. */
export interface ComplaintClient {
  mchId: string;
  call<T>(request: { method: 'GET' | 'POST' | 'PUT'; path: string; body?: unknown }): Promise<T>;
  ask<T>(request: { method: 'GET' | 'POST' | 'PUT'; path: string; body?: unknown }): Promise<T>;
  /** A personal field that WeChat sealed for this merchant. @throws when it was sealed for another key */
  openField(sealed: string): string;
  openNotice(
    rawBody: string,
    header: (name: string) => string | undefined,
  ): Promise<{ id: string; eventType: string; resource: unknown } | string>;
}

export const complaintNoticePath = '/api/notify/wechat-pay/complaint';
const root = '/v3/merchant-service/complaints-v2';
const urls = '/v3/merchant-service/complaint-notifications';
const page = 50;
const mostLogs = 300;
const of = (complaintId: string) => `${root}/${encodeURIComponent(complaintId)}`;

export type ComplaintGateway = ReturnType<typeof createComplaintGateway>;

export function createComplaintGateway({
  client,
  publicBaseUrl,
  problemOf,
}: {
  client: ComplaintClient;
  publicBaseUrl: string;
  problemOf: (error: unknown) => string | undefined;
}) {
  const own = { complainted_mchid: client.mchId };
  return {
    openField: client.openField,
    openNotice: client.openNotice,
    detail: (complaintId: string): Promise<WechatComplaint> => client.ask({ method: 'GET', path: of(complaintId) }),

    async history(complaintId: string): Promise<WechatLog[]> {
      const path = `${of(complaintId)}/negotiation-historys?limit=${mostLogs}&offset=0`;
      const { data } = await client.ask<{ data: WechatLog[] }>({ method: 'GET', path });
      return data;
    },

    /** Every complaint between two days (yyyy-MM-dd, both included), at most thirty days apart. */
    async list(from: string, until: string): Promise<WechatComplaint[]> {
      const found: WechatComplaint[] = [];
      for (let offset = 0; ; offset += page) {
        const query = new URLSearchParams({ begin_date: from, end_date: until, limit: `${page}`, offset: `${offset}` });
        const { data, total_count } = await client.ask<{ data: WechatComplaint[]; total_count: number }>({
          method: 'GET',
          path: `${root}?${query}`,
        });
        found.push(...data);
        if (data.length === 0 || found.length >= total_count) return found;
      }
    },

    /** Sent once: whether a lost reply had arrived is seen from the history. */
    respond: (complaintId: string, text: string): Promise<void> =>
      client.call({ method: 'POST', path: `${of(complaintId)}/response`, body: { ...own, response_content: text } }),
    complete: (complaintId: string): Promise<void> =>
      client.call({ method: 'POST', path: `${of(complaintId)}/complete`, body: own }),

    /** Where WeChat tells of complaints: one address a merchant. */
    async listen(): Promise<void> {
      const url = publicBaseUrl + complaintNoticePath;
      try {
        const known = await client.ask<{ url: string }>({ method: 'GET', path: urls });
        if (known.url !== url) await client.ask({ method: 'PUT', path: urls, body: { url } });
      } catch (error) {
        if (problemOf(error) !== 'absent') throw error;
        await client.ask({ method: 'POST', path: urls, body: { url } });
      }
    },
  };
}
