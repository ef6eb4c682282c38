interface Hour {
  hour: number;
  today: number;
  yesterday: number;
}

/** The hour in Shanghai, 0–23. */
export const hourOf = (instant: string): number => (new Date(instant).getUTCHours() + 8) % 24;

/** Running totals through the day; today ends at the current hour, so the line stops instead of running flat. */
export function cumulate(
  hours: Hour[],
  currentHour: number,
): { hour: number; today: number | null; yesterday: number }[] {
  let today = 0;
  let yesterday = 0;
  return hours.map((each) => {
    today += each.today;
    yesterday += each.yesterday;
    return { hour: each.hour, today: each.hour <= currentHour ? today : null, yesterday };
  });
}
