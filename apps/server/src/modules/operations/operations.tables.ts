declare module '#platform/database/database.ts' {
  interface Tables {
    'operations.healthSample': { lineKey: string; source: string; value: number; at: Date };
    'operations.alert': {
      alertId: string;
      lineKey: string;
      level: 'yellow' | 'red';
      peakLevel: 'yellow' | 'red';
      value: number;
      peak: number;
      /** What was crossed, as it stood then. */
      line: number;
      /** The process that was worst. */
      source: string;
      openedAt: Date;
      changedAt: Date;
      /** Since when the figure has been clearly below; the alert ends after a while of that. */
      calmSince: Date | null;
      recoveredAt: Date | null;
    };
    'operations.silence': { lineKey: string; until: Date; reason: string; silencedBy: string };
    'operations.slowRequest': {
      requestId: string;
      origin: 'server' | 'client';
      endpoint: string;
      traceId: string | null;
      tookMs: number;
      network: string | null;
      status: number | null;
      at: Date;
    };
  }
}

export type {};
