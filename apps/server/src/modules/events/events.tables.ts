declare module '#platform/database/database.ts' {
  interface Tables {
    'events.act': {
      buyerId: string;
      at: Date;
      eventId: string;
      kind: string;
      spuId: string | null;
      shopId: string | null;
      origin: string | null;
      amount: number | null;
      receivedAt: Date;
    };
  }
}
