/** What a client measured of its own waiting (C05-PERF-09, X-08, X-09). No personal value: endpoints with `:id` for every id. */
import { type Static, Type } from 'typebox';

const longestMs = 120_000;
export const SlowRequest = Type.Object({
  endpoint: Type.String({ minLength: 3, maxLength: 200, pattern: '^(GET|POST|PUT|PATCH|DELETE) /api/[\\w/:.-]*$' }),
  requestId: Type.String({ pattern: '^[\\w-]{8,64}$' }),
  tookMs: Type.Integer({ minimum: 0, maximum: longestMs }),
  network: Type.String({ pattern: '^[\\w-]{1,20}$', description: 'wifi, 4g, unknown …' }),
});
export type SlowRequest = Static<typeof SlowRequest>;
export const ClientTimings = Type.Object({
  slowRequests: Type.Array(SlowRequest, { maxItems: 50 }),
  firstScreens: Type.Array(
    Type.Object({
      page: Type.String({ pattern: '^[\\w/-]{1,60}$' }),
      tookMs: Type.Integer({ minimum: 0, maximum: longestMs }),
    }),
    { maxItems: 20 },
  ),
});
export type ClientTimings = Static<typeof ClientTimings>;
