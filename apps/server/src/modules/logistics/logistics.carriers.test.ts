import { describe, expect, it } from 'vitest';
import { carriers, findCarrier, fitsCarrier, recogniseCarriers } from './logistics.carriers.ts';

const samples: Record<string, string> = {
  SF: 'SF1234567890123',
  ZTO: '78123456789012',
  YTO: 'YT1234567890123',
  YUNDA: '431234567890123',
  STO: '771234567890123',
  JD: 'JDV012345678901',
  JTSD: 'JT1234567890123',
  EMS: '1012345678901',
  YZPY: '9812345678901',
  DBL: 'DPK123456789012',
  UC: 'UC1234567890',
  HTKY: '551234567890123',
  KYSY: 'KY12345678901',
  ANE: '312345678901234',
};

describe('C11-LOG-01 C04-INT-08 carrier registry', () => {
  it('has at least twelve carriers, each under its own codes', () => {
    expect(carriers.length).toBeGreaterThanOrEqual(12);
    for (const key of ['code', 'name', 'kdniaoCode', 'wechatCode'] as const) {
      expect(new Set(carriers.map((carrier) => carrier[key])).size, key).toBe(carriers.length);
    }
  });
  it.each(carriers.map(({ code }) => code))(
    '%s meets the contract: own numbers fit and are recognised, nonsense is not',
    (code) => {
      const sample = samples[code] ?? '';
      expect(fitsCarrier(code, sample)).toBe(true);
      expect(fitsCarrier(code, ` ${sample.toLowerCase().slice(0, 4)} ${sample.slice(4)} `)).toBe(true);
      expect(recogniseCarriers(sample).map((carrier) => carrier.code)).toContain(code);
      expect(fitsCarrier(code, 'X')).toBe(false);
      expect(findCarrier(code)).toMatchObject({ name: expect.any(String), hotline: expect.stringMatching(/^[\d-]+$/) });
    },
  );
  it('C04-INT-10 knows who takes heavy goods', () => {
    expect(carriers.filter(({ isHeavy }) => isHeavy).map(({ code }) => code)).toEqual(['DBL', 'KYSY', 'ANE']);
  });
  it('fits nothing to an unknown carrier', () => {
    expect(fitsCarrier('NOPE', 'SF1234567890123')).toBe(false);
  });
});
