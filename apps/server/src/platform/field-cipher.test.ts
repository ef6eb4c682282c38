import { sm4 } from 'sm-crypto-v2';
import { describe, expect, it } from 'vitest';
import { createFieldCipher, maskName, maskPhone } from './field-cipher.ts';

const old = 'k1:0123456789abcdeffedcba9876543210';
const rotated = `k2:ffeeddccbbaa99887766554433221100,${old}`;

describe('field cipher', () => {
  it('matches the SM4-GCM vector of RFC 8998 A.1', () => {
    const plain =
      'aa'.repeat(8) +
      'bb'.repeat(8) +
      'cc'.repeat(8) +
      'dd'.repeat(8) +
      'ee'.repeat(8) +
      'ff'.repeat(8) +
      'ee'.repeat(8) +
      'aa'.repeat(8);
    const sealed = sm4.encrypt(Buffer.from(plain, 'hex'), Buffer.from('0123456789abcdeffedcba9876543210', 'hex'), {
      mode: 'gcm',
      iv: Buffer.from('00001234567800000000abcd', 'hex'),
      associatedData: Buffer.from('feedfacedeadbeeffeedfacedeadbeefabaddad2', 'hex'),
      outputTag: true,
      output: 'array',
    });
    expect(Buffer.from(sealed.tag ?? []).toString('hex')).toBe('83de3541e4c2b58177e065a9bf7b62ec');
  });
  it('opens what it sealed and never seals alike twice', () => {
    const cipher = createFieldCipher(old);
    const [a, b] = [cipher.encrypt('浙江省杭州市西湖区文三路1号'), cipher.encrypt('浙江省杭州市西湖区文三路1号')];
    expect(a).not.toBe(b);
    expect(a).not.toContain('文三路');
    expect(cipher.decrypt(a)).toBe('浙江省杭州市西湖区文三路1号');
    // Not from memory either: another process reads what this one wrote, again and again.
    const elsewhere = createFieldCipher(old);
    expect([elsewhere.decrypt(a), elsewhere.decrypt(a), elsewhere.decrypt(b)]).toEqual(
      Array(3).fill('浙江省杭州市西湖区文三路1号'),
    );
  });
  it('C10-SEC-02 still opens old rows after the key was rotated, and indexes stay equal', () => {
    const before = createFieldCipher(old);
    const after = createFieldCipher(rotated);
    expect(after.decrypt(before.encrypt('13800001234'))).toBe('13800001234');
    expect(after.encrypt('x')).toMatch(/^k2\./);
    expect(after.blindIndex('phone', '13800001234')).toBe(before.blindIndex('phone', '13800001234'));
  });
  it('refuses changed bytes and unknown keys', () => {
    const cipher = createFieldCipher(old);
    const sealed = cipher.encrypt('13800001234');
    const changed = sealed.slice(0, -2) + (sealed.endsWith('A') ? 'BB' : 'AA');
    expect(() => cipher.decrypt(changed)).toThrow('数据校验失败');
    expect(() => cipher.decrypt(`k9${sealed.slice(2)}`)).toThrow('数据校验失败');
  });
  it('separates blind indexes by purpose', () => {
    const cipher = createFieldCipher(old);
    expect(cipher.blindIndex('phone', '1234')).not.toBe(cipher.blindIndex('phone-tail', '1234'));
  });
});

describe('masking', () => {
  it('keeps three and four digits of a phone, and the family name', () => {
    expect(maskPhone('13800001234')).toBe('138****1234');
    expect(maskPhone('057188')).toBe('****88');
    expect(maskName('张三丰')).toBe('张**');
    expect(maskName('王')).toBe('王*');
  });
});
