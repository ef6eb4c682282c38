/** Six-digit codes by time (RFC 6238), ±1 step for clocks that drift; the caller remembers the step so a code works once. */
import { generateSecret, generateSync, generateURI } from 'otplib';

const stepSeconds = 30;

export const newTotpSecret = (): string => generateSecret();

export const totpUrl = (account: string, secret: string): string =>
  generateURI({ issuer: '小铺', label: account, secret, period: stepSeconds });

export const totpAt = (secret: string, at: Date): string =>
  generateSync({ secret, epoch: Math.floor(at.getTime() / 1000), period: stepSeconds });

/** @returns the step whose code this is, or undefined */
export function matchingStep(secret: string, code: string, now: Date): number | undefined {
  const current = Math.floor(now.getTime() / 1000 / stepSeconds);
  return [current, current - 1, current + 1].find(
    (step) => totpAt(secret, new Date(step * stepSeconds * 1000)) === code,
  );
}
