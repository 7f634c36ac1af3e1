import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/index.js';
import { RoomLevel } from './room-level.js';

const WINDOW = 512;
const random = seededRandom(1);

function heard(...parts: readonly (readonly [level: number, windows: number])[]): (number | undefined)[] {
  const room = new RoomLevel(0.5);
  let at = 0;
  return parts.flatMap(([level, windows]) =>
    Array.from({ length: windows }, () => {
      const pcm = Int16Array.from({ length: WINDOW }, () => (random() - 0.5) * level * 3.46);
      at += WINDOW;
      return room.window(pcm, level > 500 ? 0.9 : 0.1, at - WINDOW);
    }),
  );
}

describe('room level', () => {
  it('reports when a voice fell silent, once the silence is longer than a plosive', () => {
    expect(heard([100, 10], [2000, 20], [100, 5]).slice(30)).toEqual([
      undefined,
      undefined,
      undefined,
      30 * WINDOW,
      30 * WINDOW,
    ]);
  });

  it('reports no silence in a closure, or in soft speech above the room level', () => {
    expect(heard([100, 10], [2000, 20], [100, 3], [2000, 20], [300, 20]).some((since) => since !== undefined)).toBe(
      false,
    );
  });

  it('reports no silence before the first speech, or in a room as loud as a fifth of the voice', () => {
    expect(heard([100, 50]).some((since) => since !== undefined)).toBe(false);
    expect(heard([500, 10], [2000, 20], [500, 50]).some((since) => since !== undefined)).toBe(false);
  });

  it('learns the room level from the first pause if a turn begins within speech', () => {
    expect(heard([2000, 20], [100, 5]).at(-1)).toBe(20 * WINDOW);
  });

  it('detects a voice on a device that sends no noise', () => {
    expect(heard([0, 10], [2000, 20], [30, 5]).at(-1)).toBe(30 * WINDOW);
  });
});
