import { beforeEach, describe, expect, it } from 'vitest';
import type { VoiceprintRecord } from '../../platform/store/index.js';
import { LocalVoiceprints } from './local-voiceprints.js';

const NEVER = new AbortController().signal;
/** In this test, the vector of a voice is the sound itself. */
const voice = (...numbers: readonly number[]): Int16Array => Int16Array.from(numbers);

describe('voiceprints that this server keeps', () => {
  let records: Map<string, VoiceprintRecord>;
  let embedded: number;
  let full: boolean;
  beforeEach(() => {
    records = new Map();
    embedded = 0;
    full = false;
  });
  const by = (model = 'm', threshold = 0.8): LocalVoiceprints =>
    new LocalVoiceprints({
      model,
      threshold,
      embed: (pcm) => {
        embedded += 1;
        return Promise.resolve(Float32Array.from(pcm));
      },
      store: {
        voiceprints: (ids) => Promise.resolve([...records.values()].filter(({ id }) => ids.includes(id))),
        keep: (record) => {
          if (!full) records.set(record.id, record);
          return Promise.resolve(!full);
        },
        remove: (id) => Promise.resolve(records.delete(id)),
      },
    });

  it('identify by the direction of the vector, however loud the voice, if the threshold is reached', async () => {
    await by().register('anna', voice(3, 4, 0), NEVER);
    await by().register('ben', voice(0, 0, 9), NEVER);
    const both = ['anna', 'ben'];
    expect(await by().identify(both, voice(300, 400, 0), NEVER)).toBe('anna');
    expect(await by().identify(both, voice(0, 1, 8), NEVER)).toBe('ben');
    // The angle between (3, 4, 0) and (4, 3, 0) has the cosine 24/25.
    expect(await by('m', 0.95).identify(both, voice(4, 3, 0), NEVER)).toBe('anna');
    expect(await by('m', 0.97).identify(both, voice(4, 3, 0), NEVER)).toBeUndefined();
    const best = await by().mostSimilar(both, voice(4, 3, 0), NEVER);
    expect(best?.id).toBe('anna');
    expect(best?.score).toBeCloseTo(0.96, 5);
    // A negative cosine counts as a similarity of 0.
    expect(await by().mostSimilar(['anna'], voice(-3, -4, 0), NEVER)).toEqual({ id: 'anna', score: 0 });
  });

  it('are compared only if they are asked for and come from the same model', async () => {
    await by().register('anna', voice(1, 0), NEVER);
    embedded = 0;
    expect(await by().identify(['ben'], voice(1, 0), NEVER)).toBeUndefined();
    expect(await by('other').identify(['anna'], voice(1, 0), NEVER)).toBeUndefined();
    expect(await by().identify([], voice(1, 0), NEVER)).toBeUndefined();
    expect(embedded).toBe(0);
  });

  it('can be removed completely; a damaged one matches nobody', async () => {
    await by().register('anna', voice(1, 0), NEVER);
    await by().register('ben', voice(1, 0), NEVER);
    records.set('ben', { id: 'ben', model: 'm', vector: 'AAAA' });
    await by().remove('anna');
    await by().remove('anna');
    expect([...records.keys()]).toEqual(['ben']);
    expect(await by().identify(['anna', 'ben'], voice(1, 0), NEVER)).toBeUndefined();
  });

  it('are refused if there are too many, or if the sound is empty', async () => {
    await expect(by().register('anna', voice(0, 0), NEVER)).rejects.toMatchObject({ code: 'voiceprint.failed' });
    full = true;
    await expect(by().register('anna', voice(1, 0), NEVER)).rejects.toMatchObject({ code: 'voiceprint.failed' });
    expect(records.size).toBe(0);
  });
});
