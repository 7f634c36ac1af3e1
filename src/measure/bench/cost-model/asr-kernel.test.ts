import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineRoom, type EngineRoom } from '../../../../test/fakes/engine-room.js';
import { clip } from '../../../../test/fixtures/speech.js';
import { Cancelled } from '../../../core/index.js';
import { type AsrKernelOptions, fitted, openAsrKernel } from './asr-kernel.js';
import { writeCostModel } from './index.js';

const SMALL = { blocks: 2, tpBlocks: 1, width: 64, heads: 4, feedForward: 128, vocabulary: 60 };

describe('the fitted line of costs', () => {
  it('fits points that lie on a line', () => {
    const cost = fitted([1_000, 2_000, 15_000].map((audioMs) => ({ audioMs, cpuMs: 40 + 0.07 * audioMs })));
    expect(cost.overheadMs).toBeCloseTo(40, 6);
    expect(cost.msPerAudioSecond).toBeCloseTo(70, 6);
    expect(cost.worstFit).toBeCloseTo(0, 6);
  });

  it('reports its distance from the farthest point', () => {
    expect(
      fitted([
        { audioMs: 1_000, cpuMs: 100 },
        { audioMs: 2_000, cpuMs: 250 },
        { audioMs: 3_000, cpuMs: 300 },
      ]).worstFit,
    ).toBeGreaterThan(0.1);
  });
});

describe('a measurement of recognition', () => {
  let room: EngineRoom;
  let options: AsrKernelOptions;
  beforeAll(async () => {
    room = await engineRoom();
    const installed = await writeCostModel(join(room.directory, 'models'), { shape: SMALL, clock: room.base.clock });
    options = {
      installed,
      audio: clip('austen-0930'),
      clock: room.base.clock,
      scope: room.scope,
      signal: new AbortController().signal,
    };
  });
  afterAll(async () => {
    await room.close();
  });

  it.each([1, 2])('with %i decodes at once gives the CPU time of one, more for longer sound', async (slots) => {
    const scope = room.scope.child(`kernel ${slots}`);
    const decode = await openAsrKernel({ ...options, scope, slots });
    const least = async (audioMs: number): Promise<number> =>
      Math.min(await decode(audioMs), await decode(audioMs), await decode(audioMs));
    const [short, long] = [await least(1_000), await least(8_000)];
    expect(short).toBeGreaterThan(0);
    expect(long).toBeGreaterThan(short);
    // A small model takes far less. The CPU time of this test process would be seconds.
    expect(long).toBeLessThan(500);
    await scope.close();
  });

  it('stops when its signal is aborted', async () => {
    const signal = AbortSignal.abort(new Cancelled('enough'));
    const decode = await openAsrKernel({ ...options, scope: room.scope.child('stopped'), signal });
    await expect(decode(1_000)).rejects.toThrow('enough');
  });
});
