import { expect, it } from 'vitest';
import { hostOf, isLoopback } from './host.js';

it.each([
  ['http://127.0.0.1:10400', true],
  ['http://127.8.9.10/', true],
  ['http://LOCALHOST:1', true],
  ['ws://[::1]:8000/xiaozhi/v1/', true],
  ['http://127.0.0.1.example.org:10400', false],
  ['http://localhost.example.org', false],
  ['http://localhost@10.0.0.1:10400', false],
  ['http://0.0.0.0:10400', false],
  ['http://[::]:10400', false],
  ['http://192.168.1.5:10400', false],
  ['127.0.0.1', false],
])('%s leads to this machine: %s', (url, local) => {
  expect(isLoopback(url)).toBe(local);
});

it('returns the host of an address without the brackets of IPv6', () => {
  expect(hostOf('tcp://[fe80::1]:10300')).toBe('fe80::1');
  expect(hostOf(new URL('https://voice.example.org:8443/x'))).toBe('voice.example.org');
  expect(() => hostOf('no address')).toThrow(TypeError);
});
