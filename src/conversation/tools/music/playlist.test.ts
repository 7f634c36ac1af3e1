import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlaylist, readPlaylist, soundAddress } from './playlist.js';

describe('a playlist', () => {
  it('is read as M3U, with the names of its entries', () => {
    const text =
      '\uFEFF#EXTM3U\r\n#EXTINF:-1 group="News, talk",Radio One\r\nhttp://a/one\n\n#EXTINF:5,\nsong.mp3\n# x\nb.mp3';
    expect(readPlaylist(text)).toEqual([
      { place: 'http://a/one', title: 'Radio One' },
      { place: 'song.mp3', title: undefined },
      { place: 'b.mp3', title: undefined },
    ]);
  });

  it('is read as PLS, whatever the order of its lines', () => {
    const text = '\n[playlist]\nNumberOfEntries=2\nTitle2=Two\nFile1=http://a/1\nfile02=b.mp3\nLength1=-1\nTitle1=\n';
    expect(readPlaylist(text)).toEqual([
      { place: 'http://a/1', title: undefined },
      { place: 'b.mp3', title: 'Two' },
    ]);
  });

  it('gives a limited number of entries, whatever its text', () => {
    expect(readPlaylist('x\n'.repeat(30_000))).toHaveLength(10_000);
    expect(readPlaylist(`#EXTINF:1,${'x'.repeat(500)}\na`)[0]?.title).toHaveLength(100);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('#EXTINF:', ',', '\n', '[playlist]', 'File1=', 'a') }), (text) => {
        for (const { place } of readPlaylist(text)) expect(place.trim()).not.toBe('');
      }),
    );
  });

  it('gives only addresses with HTTP or HTTPS', () => {
    const base = new URL('https://radio.example/lists/one.m3u');
    expect(soundAddress('../live', base)?.href).toBe('https://radio.example/live');
    expect(soundAddress('http://a/b')?.href).toBe('http://a/b');
    for (const place of ['file:///etc/passwd', 'song.mp3', 'http://me:secret@a/b', 'http://', 'ftp://a/b'])
      expect(soundAddress(place)).toBeUndefined();
    expect(soundAddress('file:///etc/passwd', base)).toBeUndefined();
  });

  it.each([
    ['http://a/one.m3u', '', true],
    ['http://a/one.pls', 'text/plain', true],
    ['http://a/one', 'audio/x-mpegurl', true],
    ['http://a/one', 'application/vnd.apple.mpegurl', true],
    ['http://a/one', 'audio/x-scpls; charset=utf-8', true],
    ['http://a/one.m3u', 'audio/mpeg', false],
    ['http://a/one', '', false],
  ])('is recognised at %s with type "%s": %s', (address, type, expected) => {
    expect(isPlaylist(new URL(address), type)).toBe(expected);
  });
});
