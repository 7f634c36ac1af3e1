import { getEventListeners, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/index.js';
import { openTrack } from './open-track.js';

it('a station leaves no abort listener on the signal after it was closed or could not be opened', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/there' ? 200 : 404, { 'content-type': 'audio/mpeg' }).end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const open = (path: string) =>
    openTrack(
      { title: 'Station', kind: 'station', place: `http://127.0.0.1:${port}/${path}` },
      { byte: 0, ms: 0 },
      { allowPrivate: true, clock: systemClock },
      signal,
    );
  try {
    const { sound } = await open('there');
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    sound.close();
    await expect(open('missing')).rejects.toThrow('the station answered with HTTP 404');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    server.close();
  }
});

describe('the playlist of a station', () => {
  const pages: Record<string, readonly [type: string, body: string]> = {
    '/one.m3u': ['audio/x-mpegurl', '#EXTM3U\n#EXTINF:-1,One\nlive\n'],
    '/one.pls': ['text/plain', '[playlist]\nFile1=/live\n'],
    '/live': ['audio/ogg', 'sound'],
    '/circle.m3u': ['', 'circle.m3u\n'],
    '/empty.m3u': ['', '#EXTM3U\nfile:///etc/passwd\n'],
    '/hls.m3u8': ['', '#EXTM3U\n#EXT-X-TARGETDURATION:10\nsegment.aac\n'],
    '/endless.m3u': ['', '#'.repeat(1_000_000)],
  };
  let server: Server;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const [type, body] = pages[request.url ?? ''] ?? ['', ''];
      response.writeHead(200, { 'content-type': type }).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = (path: string, allowPrivate = true) => {
    const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    return openTrack(
      { title: 'One', kind: 'station', place },
      { byte: 0, ms: 0 },
      { allowPrivate, clock: systemClock },
      new AbortController().signal,
    );
  };

  it.each(['/one.m3u', '/one.pls'])('%s is followed to the first address in it', async (path) => {
    const { sound } = await open(path);
    expect(sound.format).toEqual({ kind: 'ogg' });
    expect(new TextDecoder().decode((await sound.source.take(100)).bytes)).toBe('sound');
    sound.close();
    expect(asked).toEqual([path, '/live']);
  });

  it.each([
    ['/circle.m3u', 'leads to another playlist', 2],
    ['/empty.m3u', 'has no address', 1],
    ['/endless.m3u', 'has no address', 1],
    ['/hls.m3u8', 'sends HLS', 1],
  ])('%s %s', async (path, reason, requests) => {
    await expect(open(path)).rejects.toThrow(reason);
    expect(asked).toHaveLength(requests);
  });

  it('in the local network is requested only if this is allowed', async () => {
    await expect(open('/one.m3u', false)).rejects.toThrow('the page cannot use 127.0.0.1');
    expect(asked).toEqual([]);
  });
});

describe('the format of a station', () => {
  const types: Record<string, string> = {
    '/wav': 'audio/wav',
    '/x-wav': 'audio/x-wav; charset=binary',
    '/wave': 'audio/vnd.wave',
    '/flac': 'audio/x-flac',
    '/opus': 'audio/ogg; codecs=opus',
    '/bell.wav': 'application/octet-stream',
    '/bell.FLAC': '',
    '/bell.opus': 'application/octet-stream',
    '/radio.wav': 'audio/mpeg',
    '/other': 'audio/aacp',
    '/wavy': 'application/wavy',
  };
  it.each([
    ['/wav', 'wav'],
    ['/x-wav', 'wav'],
    ['/wave', 'wav'],
    ['/flac', 'flac'],
    ['/opus', 'ogg'],
    ['/bell.wav', 'wav'],
    ['/bell.wav?token=1', 'wav'],
    ['/bell.FLAC', 'flac'],
    ['/bell.opus', 'ogg'],
    ['/radio.wav', 'mp3'],
    ['/other', 'mp3'],
    ['/wavy', 'mp3'],
  ])('at %s is %s', async (path, kind) => {
    const server = createServer((request, response) => {
      const type = types[(request.url ?? '').split('?', 1)[0] ?? ''] ?? '';
      response.writeHead(200, type === '' ? {} : { 'content-type': type }).end('sound');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { sound } = await openTrack(
        { title: 'One', kind: 'station', place: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` },
        { byte: 0, ms: 0 },
        { allowPrivate: true, clock: systemClock },
        new AbortController().signal,
      );
      expect(sound.format).toEqual({ kind });
      sound.close();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
