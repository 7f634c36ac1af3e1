import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Advertiser, type AdvertiserOptions } from './advertiser.js';
import { createPeerPolicy, type PeerKind } from '../../platform/inbound/index.js';

const KINDS: Readonly<Record<string, PeerKind>> = { '127.0.0.1': 'loopback', '172.17.0.1': 'gateway' };
const peers = createPeerPolicy({ trustedProxies: ['10.9.9.9'], kindOf: (address) => KINDS[address] ?? 'private' });
const advertised = (
  from: string,
  headers: Readonly<Record<string, string>>,
  forWhom: 'device' | 'reader',
  more: Partial<AdvertiserOptions> = {},
) => {
  const advertiser = new Advertiser({
    peers,
    configured: () => ({ listenPort: 8000 }),
    inContainer: false,
    onMovingOverPort: () => false,
    ...more,
  });
  const request = {
    headers,
    socket: { remoteAddress: from, localAddress: '192.168.1.5', localPort: 8000 },
  } as unknown as IncomingMessage;
  return advertiser.addressFor(request, forWhom)?.websocketUrl;
};

describe('the address in the answer to a request', () => {
  it('is the address that the request used, but a loopback address only for a device on this machine', () => {
    expect(advertised('127.0.0.1', { host: '127.0.0.1:8000' }, 'device')).toBe('ws://127.0.0.1:8000/xiaozhi/v1/');
    expect(advertised('127.0.0.1', { host: '127.0.0.1:8000' }, 'reader')).toBe('ws://192.168.1.5:8000/xiaozhi/v1/');
    expect(advertised('192.168.1.77', { host: '127.0.0.1:8000' }, 'device')).toBe('ws://192.168.1.5:8000/xiaozhi/v1/');
  });

  it("is never a container's own address; only a program on its host can use the loopback address", () => {
    expect(advertised('192.168.1.77', { host: 'localhost' }, 'device', { inContainer: true })).toBeUndefined();
    expect(advertised('172.17.0.1', { host: '127.0.0.1:9000' }, 'reader', { inContainer: true })).toBe(
      'ws://127.0.0.1:9000/xiaozhi/v1/',
    );
  });

  it('is the address that a trusted proxy reports', () => {
    const forwarded = {
      host: 'inside:8000',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-host': 'voice.example.org',
      'x-forwarded-proto': 'https',
    };
    expect(advertised('10.9.9.9', forwarded, 'device')).toBe('wss://voice.example.org:443/xiaozhi/v1/');
    expect(advertised('192.168.1.77', forwarded, 'device')).toBe('ws://inside:8000/xiaozhi/v1/');
  });

  it('never has the port of the old server that the device has stored', () => {
    expect(advertised('192.168.1.77', { host: 'chorus.lan:8003' }, 'device', { onMovingOverPort: () => true })).toBe(
      'ws://chorus.lan:8000/xiaozhi/v1/',
    );
  });

  it('follows changes of the configured address', () => {
    let publicUrl: string | undefined;
    const configured = (): { publicUrl: string | undefined; listenPort: number } => ({ publicUrl, listenPort: 8000 });
    expect(advertised('192.168.1.77', { host: 'chorus.lan' }, 'device', { configured })).toBe(
      'ws://chorus.lan:8000/xiaozhi/v1/',
    );
    publicUrl = 'https://voice.example.org';
    expect(advertised('192.168.1.77', { host: 'chorus.lan' }, 'device', { configured })).toBe(
      'wss://voice.example.org:443/xiaozhi/v1/',
    );
  });
});
