import { beforeEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { RecognizerWorld, request, signal } from '../../../test/fakes/recognizer-world.js';
import { Cancelled, ChorusError } from '../../core/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';
import type { SharedRecognizer } from './shared-recognizer.js';

const service = (id: string, text: () => string): AsrProvider => ({
  id,
  languages: ['*'],
  local: false,
  punctuationMeansEnd: false,
  predictMs: () => 1,
  transcribe: () => Promise.resolve().then(() => ({ text: text(), runMs: 5 })),
});
const failing = (error: Error) => () => {
  throw error;
};

describe('the recogniser that an agent has chosen', () => {
  let world: RecognizerWorld;
  let metrics: CountingMetrics;
  let cloud: () => string;
  let recognizer: SharedRecognizer;
  const heardBy = async (id: string, language = 'en-US'): Promise<readonly [string, string] | undefined> => {
    const heard = await recognizer.named?.(id).recognize(request(language), signal);
    return heard && [heard.asr, heard.text];
  };

  beforeEach(() => {
    world = new RecognizerWorld();
    metrics = new CountingMetrics();
    cloud = () => '小只 in the cloud';
    recognizer = world.make({
      metrics,
      corrections: { 小只: '小智' },
      named: new Map([
        ['cloud', service('cloud', () => cloud())],
        ['whisper-base', undefined],
        ['sense-voice-int8', undefined],
      ]),
    });
    world.models.here.add('whisper-base');
  });

  it("is a service or a local model beside the server's recogniser, with the same corrections", async () => {
    expect(await heardBy('cloud')).toEqual(['cloud', '小智 in the cloud']);
    expect(await heardBy('whisper-base')).toEqual(['whisper-base', 'text of whisper-base']);
    const own = await recognizer.recognize(request('en-US'), signal);
    expect([own.asr, own.text]).toEqual(['moonshine-tiny-en', 'text of moonshine-tiny-en']);
    expect(metrics.of('chorus_asr_fallback_total')).toEqual({});
  });

  it('loads its model when the session begins', () => {
    recognizer.named?.('whisper-base');
    expect(world.engines.get('whisper-base')?.starts).toBe(1);
  });

  it("is replaced by the server's recogniser if it fails or is not available; replacements are counted", async () => {
    cloud = failing(new ChorusError('asr.rejected', 'a wrong key'));
    const own = ['moonshine-tiny-en', 'text of moonshine-tiny-en'];
    expect(await heardBy('cloud')).toEqual(own);
    expect(await heardBy('sense-voice-int8')).toEqual(own);
    expect(world.models.wanted).toContain('sense-voice-int8');
    expect(await heardBy('nobody')).toEqual(own);
    expect(metrics.of('chorus_asr_fallback_total')).toEqual({ failed: 2, unknown: 1 });
  });

  it.each(['capacity.queue_full', 'capacity.queue_timeout'] as const)(
    "is replaced by the server's recogniser if its service accepts no requests at present: %s",
    async (code) => {
      cloud = failing(new ChorusError(code, 'the limit of a minute'));
      expect(await heardBy('cloud')).toEqual(['moonshine-tiny-en', 'text of moonshine-tiny-en']);
      expect(metrics.of('chorus_asr_fallback_total')).toEqual({ failed: 1 });
    },
  );

  it('is not replaced if it was cancelled, or if the queue of this machine is full', async () => {
    cloud = failing(new Cancelled('spoke on'));
    await expect(heardBy('cloud')).rejects.toThrow('spoke on');
    const engine = world.engines.get('whisper-base');
    expect(await heardBy('whisper-base')).toBeDefined();
    const busy = engine ?? world.engines.get('whisper-base');
    if (busy) busy.answer = failing(new ChorusError('capacity.queue_full', 'full'));
    await expect(heardBy('whisper-base')).rejects.toMatchObject({ code: 'capacity.queue_full' });
    expect(metrics.of('chorus_asr_fallback_total')).toEqual({});
  });

  it('follows the configuration from the next utterance on, and its model stays loaded', async () => {
    const chosen = recognizer.named?.('cloud');
    const model = recognizer.named?.('whisper-base');
    const starts = world.engines.get('whisper-base')?.starts;
    const settings = { model: 'auto', corrections: {}, autoPull: true };
    const change = await recognizer.prepareChange(
      { ...settings, named: new Map([['whisper-base', undefined]]) },
      false,
    );
    change.commit();
    expect((await chosen?.recognize(request('en-US'), signal))?.asr).toBe('moonshine-tiny-en');
    expect((await model?.recognize(request('en-US'), signal))?.asr).toBe('whisper-base');
    expect(world.engines.get('whisper-base')?.starts).toBe(starts);
    expect(metrics.of('chorus_asr_fallback_total')).toEqual({ unknown: 1 });
  });

  it('is used during speech only if it can recognise unfinished speech', () => {
    expect(recognizer.named?.('cloud').takesLive?.('en-US')).toBe(false);
    expect(recognizer.named?.('cloud').live?.({ deviceId: 'd', language: 'en-US' })).toBeUndefined();
    expect(recognizer.named?.('whisper-base').takesLive?.('en-US')).toBe(false);
  });
});
