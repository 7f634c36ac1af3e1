import { describe, expect, it } from 'vitest';
import { clip, concat, devicePackets, silence } from '../../../../test/fixtures/speech.js';
import { OpusDecoder } from '../../../audio/opus.js';
import { WindowFeed } from './window-feed.js';

function drain(feed: WindowFeed): { pcm: Int16Array; silent: boolean }[] {
  const windows = [];
  for (let window = feed.next(); window; window = feed.next()) windows.push(window);
  return windows;
}

describe('window feed', () => {
  it('cuts packets into windows without losing a sample', () => {
    const packets = devicePackets(clip('austen-0880'));
    const decoder = new OpusDecoder(16_000);
    const whole = concat(
      ...packets.map((packet) => {
        const result = decoder.decode(packet);
        return result.ok ? result.pcm : new Int16Array(0);
      }),
    );
    const feed = new WindowFeed(512);
    const windows = packets.flatMap((packet) => {
      expect(feed.decode(packet)).toBe(true);
      return drain(feed);
    });
    expect(concat(...windows.map(({ pcm }) => pcm), feed.tail())).toEqual(whole);
    expect(windows.every(({ silent }) => !silent)).toBe(true);
  });

  it('treats packets of 0 to 2 bytes as 60 ms of silence each, marked as silent', () => {
    const feed = new WindowFeed(512);
    const windows = [new Uint8Array(0), Uint8Array.of(0x58), Uint8Array.of(0x58, 0)].flatMap((packet) => {
      expect(feed.decode(packet)).toBe(true);
      return drain(feed);
    });
    expect(windows).toHaveLength(5);
    expect(windows.every(({ pcm, silent }) => silent && pcm.every((value) => value === 0))).toBe(true);
    expect(feed.tail()).toHaveLength(3 * 960 - 5 * 512);
  });

  it('treats an undecodable packet as one frame of silence, and continues', () => {
    const feed = new WindowFeed(512);
    expect(feed.decode(Uint8Array.of(0xff, 0xff, 0xff))).toBe(false);
    expect(drain(feed)).toHaveLength(1);
    expect(feed.decode(devicePackets(silence(60))[0] ?? new Uint8Array())).toBe(true);
    expect(drain(feed).some(({ silent }) => !silent)).toBe(true);
  });
});
