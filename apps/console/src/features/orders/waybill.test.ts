import { describe, expect, it } from 'vitest';
import { cleanWaybill, waybillError, waybillWarning } from './waybill.ts';

describe('waybill numbers', () => {
  it('drops blanks that come with a paste', () => {
    expect(cleanWaybill(' sf 1234 5678 9012\n')).toBe('SF123456789012');
  });

  it('refuses what the contract refuses', () => {
    expect(waybillError('')).toBe('请填写运单号');
    expect(waybillError('SF12')).toBe('运单号为 6–40 位字母、数字或横线');
    expect(waybillError('单号123456')).toBe('运单号为 6–40 位字母、数字或横线');
    expect(waybillError('SF1234567890123')).toBe('');
  });

  it('warns, without stopping, when a number does not look like its carrier', () => {
    expect(waybillWarning('SF', 'YT1234567890123')).toBe('顺丰单号一般是 SF 开头加 12–15 位数字，请核对');
    expect(waybillWarning('SF', 'SF1234567890123')).toBe('');
    expect(waybillWarning('UNKNOWN', 'ABC12345')).toBe('');
  });
});
