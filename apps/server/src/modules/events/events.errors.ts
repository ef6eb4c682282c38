import { defineError } from '#platform/errors.ts';

export const tooManyActs = defineError('events.too_many', 'rate_limited', '操作太快了，歇一歇再试');
