import { describe, expect, test } from 'vitest';
import { parsePin } from '../../../src/verify/pins.ts';

const v4 = { address: '192.0.2.1', family: 4 };
const v6 = { address: '2001:db8::1', family: 6 };

describe('--resolve', () => {
  test.each([
    ['propiq.example:192.0.2.1', { host: 'propiq.example', addresses: [v4] }],
    ['PropIQ.example:192.0.2.1', { host: 'propiq.example', addresses: [v4] }],
    ['propiq.example:443:192.0.2.1', { host: 'propiq.example', port: '443', addresses: [v4] }],
    ['propiq.example:192.0.2.1,192.0.2.1', { host: 'propiq.example', addresses: [v4, v4] }],
    ['propiq.example:[2001:db8::1]', { host: 'propiq.example', addresses: [v6] }],
    ['propiq.example:2001:db8::1', { host: 'propiq.example', addresses: [v6] }],
    ['propiq.example:443:[2001:db8::1]', { host: 'propiq.example', port: '443', addresses: [v6] }],
    ['propiq.example:443:2001:db8::1', { host: 'propiq.example', port: '443', addresses: [v6] }],
    ['propiq.example:::1', { host: 'propiq.example', addresses: [{ address: '::1', family: 6 }] }],
    ['propiq.example:443:::1', { host: 'propiq.example', port: '443', addresses: [{ address: '::1', family: 6 }] }],
  ])('%s is understood', (text, pin) => expect(parsePin(text)).toEqual(pin));

  test.each([
    '',
    'propiq.example',
    'propiq.example:',
    ':192.0.2.1',
    'propiq.example:192.0.2',
    'propiq.example:192.0.2.256',
    'propiq.example:192.0.2.1.',
    'propiq.example:192.0.2.1,',
    'propiq.example:other.example',
    'propiq.example:443:other.example',
    'propiq.example:[::1',
    'propiq.example:1::2::3',
    'propiq.example:\u001b[31m',
  ])('%j is refused', (text) => {
    expect(() => parsePin(text)).toThrow(expect.objectContaining({ code: 'usage/invalid-value' }) as Error);
  });
});
