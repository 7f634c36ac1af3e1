import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioKey, openAudio, sealAudio } from './audio-seal.js';

const KEY = audioKey('ab'.repeat(32));
const SOUND = Buffer.from('OggS and more');
const damaged = expect.objectContaining({ code: 'history.audio_damaged' });

describe('sealed audio', () => {
  it('can be opened with the right key, turn and side', () => {
    const sealed = sealAudio(KEY, 't1', 'heard', SOUND);
    expect(Buffer.from(openAudio(KEY, 't1', 'heard', sealed)).toString()).toBe('OggS and more');
    expect(Buffer.from(openAudio(KEY, 't1', 'said', sealAudio(KEY, 't1', 'said', new Uint8Array()))).length).toBe(0);
  });

  it('reveals nothing of the sound, and differs each time', () => {
    const [one, two] = [sealAudio(KEY, 't1', 'heard', SOUND), sealAudio(KEY, 't1', 'heard', SOUND)];
    expect(Buffer.from(one).includes('OggS')).toBe(false);
    expect(Buffer.compare(one, two)).not.toBe(0);
  });

  it('is refused with a code if a bit was flipped or the end is missing', () => {
    const sealed = sealAudio(KEY, 't1', 'heard', SOUND);
    for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
      const flipped = Uint8Array.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openAudio(KEY, 't1', 'heard', flipped)).toThrow(damaged);
    }
    for (let length = 0; length < sealed.byteLength; length++)
      expect(() => openAudio(KEY, 't1', 'heard', sealed.subarray(0, length))).toThrow(damaged);
  });

  it('is refused with another key, turn or side', () => {
    const sealed = sealAudio(KEY, 't1', 'heard', SOUND);
    expect(() => openAudio(audioKey('ac'.repeat(32)), 't1', 'heard', sealed)).toThrow(damaged);
    expect(() => openAudio(KEY, 't2', 'heard', sealed)).toThrow(damaged);
    expect(() => openAudio(KEY, 't1', 'said', sealed)).toThrow(damaged);
  });

  it('has its own key, which differs from that of the tokens', () => {
    expect(KEY.toString('hex')).not.toBe('ab'.repeat(32));
    expect(KEY).toHaveLength(32);
  });

  it('is refused if it is any other data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => openAudio(KEY, 't1', 'heard', bytes)).toThrow(damaged);
      }),
    );
    expect(() => openAudio(KEY, 't1', 'heard', randomBytes(1000))).toThrow(damaged);
  });
});
