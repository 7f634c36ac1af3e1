import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advertisedAddress } from './advertised-address.js';

const OPTIONS = { listenPort: 8000, fallbackHost: '192.168.1.5' };
const ask = (host: string | undefined, more: object = {}, options: object = {}) =>
  advertisedAddress({ host, scheme: 'http', viaProxy: false, local: false, ...more }, { ...OPTIONS, ...options })
    ?.websocketUrl;

describe('the advertised address', () => {
  it('is the configured one, with an explicit port', () => {
    const urls: Record<string, string> = {
      'https://voice.example.org': 'wss://voice.example.org:443/xiaozhi/v1/',
      'http://10.0.0.2:9000/': 'ws://10.0.0.2:9000/xiaozhi/v1/',
      'wss://voice.example.org/base/xiaozhi/v1/': 'wss://voice.example.org:443/base/xiaozhi/v1/',
    };
    for (const [publicUrl, websocketUrl] of Object.entries(urls))
      expect(ask('other', {}, { publicUrl })).toBe(websocketUrl);
  });

  it('is the address that the device used; a proxy without a port means the default port of its scheme', () => {
    expect(ask('chorus.lan')).toBe('ws://chorus.lan:8000/xiaozhi/v1/');
    expect(ask('chorus.lan:9000', {}, { publicPort: 80 })).toBe('ws://chorus.lan:80/xiaozhi/v1/');
    expect(ask('voice.example.org', { viaProxy: true, scheme: 'https' })).toBe(
      'wss://voice.example.org:443/xiaozhi/v1/',
    );
    expect(ask('127.0.0.1:8000', { local: true })).toBe('ws://127.0.0.1:8000/xiaozhi/v1/');
  });

  it('falls back to the address of this machine, or is undefined if no address is useful', () => {
    for (const host of [
      undefined,
      '',
      '127.0.0.1',
      'localhost:8000',
      '0.0.0.0',
      '[fe80::1]:8000',
      'bad host',
      'x.localhost',
    ]) {
      expect(ask(host)).toBe('ws://192.168.1.5:8000/xiaozhi/v1/');
      expect(ask(host, {}, { fallbackHost: undefined })).toBeUndefined();
    }
  });

  it('is a URL that the firmware can parse, for any Host', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 40 }),
          fc.webAuthority(),
          fc.ipV4().map((ip) => `${ip}:80`),
          fc.ipV6(),
        ),
        fc.boolean(),
        (host, local) => {
          expect(ask(host, { local })).toMatch(/^ws:\/\/[A-Za-z0-9._-]+:\d{1,5}\/xiaozhi\/v1\/$/);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
