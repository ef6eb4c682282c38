/** Structured logs. Personal values never go in; what slips through by known names is cut here as a second guard. */
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

export type { Logger };

/** PostgreSQL names the offending values in these: `Key (phone_index)=(…) already exists`. */
const telling = ['detail', 'where', 'hint', 'internalQuery', 'parameters', 'query'];

/** Fields of a line, or of what a line holds. */
const cut = ['phone', 'password', 'token', 'secret', 'openid', 'detail', 'detail_address', 'recipient'];

function withoutValues(error: Error): unknown {
  const seen = stdSerializers.err(error) as Record<string, unknown>;
  for (const name of telling) delete seen[name];
  return seen;
}

export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    serializers: { err: withoutValues },
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', ...cut.flatMap((name) => [name, `*.${name}`])],
      censor: '[cut]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
