import { describe, expect, it } from 'vitest';
import { distanceText, isContact, windowDays } from './pickup-texts.ts';

describe('words of picking up', () => {
  it.each([
    [null, ''],
    [4, '10 m'],
    [318, '320 m'],
    [1_240, '1.2 km'],
    [14_800, '15 km'],
  ])('%s metres read %s', (metres, text) => {
    expect(distanceText(metres)).toBe(text);
  });

  it('C01-TRD-07 gathers windows by their day', () => {
    const at = (text: string) => ({ from: text, until: text, text, isFull: false });
    const days = windowDays([at('今天 14:00–15:00'), at('今天 15:00–16:00'), at('12/4 周五 09:00–10:00')]);
    expect(days.map(({ day, windows }) => [day, windows.map(({ times }) => times)])).toEqual([
      ['今天', ['14:00–15:00', '15:00–16:00']],
      ['12/4 周五', ['09:00–10:00']],
    ]);
  });

  it('a contact is a name and a mobile number', () => {
    expect(isContact({ name: '李四光', phone: '13900005678' })).toBe(true);
    expect(isContact({ name: ' ', phone: '13900005678' })).toBe(false);
    expect(isContact({ name: '李四光', phone: '0571-12345' })).toBe(false);
  });
});
