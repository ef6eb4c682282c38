/** Structured logs. Personal values never go in; what slips through by known names is cut here as a second guard. */
import { type Logger, pino } from 'pino';

export type { Logger };

export function createLogger(level: string): Logger {
  return pino({
    level,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        '*.phone',
        '*.password',
        '*.token',
        '*.secret',
        '*.detail_address',
        '*.openid',
      ],
      censor: '[cut]',
    },
  });
}
