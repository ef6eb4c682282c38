export interface CountdownParts {
  days: number;
  hours: string;
  minutes: string;
  seconds: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Time left, never below zero. */
export function countdownParts(leftMs: number): CountdownParts {
  const total = Math.max(0, Math.ceil(leftMs / 1000));
  return {
    days: Math.floor(total / 86_400),
    hours: two(Math.floor((total % 86_400) / 3_600)),
    minutes: two(Math.floor((total % 3_600) / 60)),
    seconds: two(total % 60),
  };
}
