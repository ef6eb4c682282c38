import { describe, expect, it } from 'vitest';
import { rateText, windowText } from './message-words.ts';

describe('words of messages', () => {
  it('writes hours, over midnight too', () => {
    expect(windowText(null)).toBe('全天');
    expect(windowText({ from: 20, until: 23 })).toBe('20:00–23:00');
    expect(windowText({ from: 23, until: 8 })).toBe('23:00–次日 08:00');
  });
  it('C07-OA-08 gives an open rate only where something was sent', () => {
    expect(rateText(0, 0)).toBe('—');
    expect(rateText(1, 3)).toBe('33.3%');
  });
});
