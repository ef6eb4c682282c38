import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Members } from './members.service.ts';

export function membersSubscribers(subscribers: Subscribers, { members }: { members: Members }): void {
  subscribers.on('identity.guest_merged', 'members', (tx, { payload }) =>
    members.mergeGuest(tx, payload.guestId, payload.buyerId),
  );
}
