/** An entry in the phone's calendar, asked for by a tap: the reminder that works while the shop is closed. */
export interface CalendarEntry {
  title: string;
  startsAt: string;
  endsAt: string;
}

/** Minutes before the start that it rings. */
const alarmMinutes = 5;

/** False: refused or not possible here. */
export function addToCalendar({ title, startsAt, endsAt }: CalendarEntry): Promise<boolean> {
  // #ifdef MP-WEIXIN
  return new Promise((resolve) => {
    const seconds = (instant: string) => Math.floor(new Date(instant).getTime() / 1000);
    wx.addPhoneCalendar({
      title,
      startTime: seconds(startsAt),
      endTime: String(seconds(endsAt)),
      alarm: true,
      alarmOffset: alarmMinutes * 60,
      success: () => resolve(true),
      fail: () => resolve(false),
    });
  });
  // #endif
  // #ifdef H5
  const stamp = (instant: string) => `${new Date(instant).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const text = (value: string) => value.replace(/[\\,;]/g, ' ');
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//xiaopu//shop//ZH',
    'BEGIN:VEVENT',
    `UID:${stamp(startsAt)}-${Math.random().toString(36).slice(2)}@xiaopu`,
    `DTSTAMP:${stamp(startsAt)}`,
    `DTSTART:${stamp(startsAt)}`,
    `DTEND:${stamp(endsAt)}`,
    `SUMMARY:${text(title)}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${text(title)}`,
    `TRIGGER:-PT${alarmMinutes}M`,
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([lines.join('\r\n')], { type: 'text/calendar' }));
  link.download = 'xiaopu.ics';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  return Promise.resolve(true);
  // #endif
  // Targets that keep neither block above.
  return Promise.resolve(false);
}
