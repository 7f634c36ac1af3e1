import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { loadConfig } from '../../config/index.js';
import { noMetrics, Scope, silentLogger } from '../../core/index.js';
import { CATALOGUE, type InstalledModel, type ModelStore } from '../../engines/index.js';
import { voicesFor } from '../../providers/index.js';
import { createSpeechEncoder } from './encoding/speech-encoder.js';
import { createConfiguredVoices, type Voices } from './voices.js';

const scopes: Scope[] = [];
afterEach(() => Promise.all(scopes.splice(0).map((scope) => scope.close())));

async function voicesOf(
  provider: string,
  autoPull: boolean,
): Promise<{ voices: Voices; here: Set<string>; fetched: string[] }> {
  const loaded = await loadConfig({
    dataDir: '/nowhere',
    env: {},
    flags: [{ flag: '--set', key: 'tts.provider', text: provider }],
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  const scope = new Scope('test', (name, error) => {
    throw new Error(`${name}: ${String(error)}`);
  });
  scopes.push(scope);
  const here = new Set<string>();
  const fetched: string[] = [];
  const installed = (id: string): InstalledModel | undefined => {
    const model = CATALOGUE.find((entry) => entry.id === id);
    return model && here.has(id) ? { model, directory: '/models', files: [] } : undefined;
  };
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const models: ModelStore = {
    directory: '/models',
    catalogue: CATALOGUE,
    installed,
    ensure: (id) => fetched.push(id),
    progress: unused,
    progressOf: unused,
    onChange: unused,
    pull: unused,
    verify: unused,
    remove: unused,
  };
  const common = { clock: new FakeClock(), log: silentLogger, metrics: noMetrics, scope };
  // This encoder never starts, because these tests speak no text.
  const encoder = createSpeechEncoder({
    ...common,
    niceness: 0,
    startTimeoutMs: 1000,
    opus: { complexity: 5, bitrate: 32_000 },
  });
  return {
    voices: createConfiguredVoices({
      config: loaded.config.tts,
      autoPull,
      ...common,
      speakingProcess: encoder.synthesize,
      models,
      slotCount: 1,
      threads: 1,
    }),
    here,
    fetched,
  };
}

const speakers = (voices: Voices, language: string): readonly string[] =>
  voicesFor(voices.providers, language).map(({ id }) => id);

describe('a chosen voice whose model is not installed', () => {
  it('is reported with its substitutes, and speaks once its model is installed', async () => {
    const { voices, here, fetched } = await voicesOf('melo-zh-en', false);
    expect(voices.missing()).toEqual({ id: 'melo-zh-en', fetching: false, meanwhile: ['flite', 'espeak'] });
    expect([speakers(voices, 'zh-CN'), speakers(voices, 'en-US')]).toEqual([['espeak'], ['flite']]);
    expect(fetched).toEqual([]);
    here.add('melo-zh-en');
    expect(voices.missing()).toBeUndefined();
    expect(voices.names()).toEqual(['melo-zh-en', 'flite', 'espeak']);
    expect([speakers(voices, 'zh-CN'), speakers(voices, 'en-US')]).toEqual([['melo-zh-en'], ['melo-zh-en', 'flite']]);
  });

  it('is fetched if fetching is allowed', async () => {
    const { voices, fetched } = await voicesOf('melo-zh-en', true);
    expect(voices.missing()).toMatchObject({ fetching: true });
    expect(fetched).toEqual(['melo-zh-en']);
  });
});

describe('the voice of a language', () => {
  it('is fetched only when a device connects whose language no local voice speaks', async () => {
    const { voices, here, fetched } = await voicesOf('auto', true);
    expect(voices.missing()).toBeUndefined();
    voices.ensureFor('en-US');
    voices.ensureFor('de-DE');
    expect(fetched).toEqual([]);
    voices.ensureFor('zh-CN');
    expect(fetched).toEqual(['melo-zh-en']);
    here.add('melo-zh-en');
    voices.ensureFor('zh-TW');
    expect(fetched).toEqual(['melo-zh-en']);
  });

  it('is not fetched without permission', async () => {
    const { voices, fetched } = await voicesOf('auto', false);
    voices.ensureFor('zh-CN');
    expect(fetched).toEqual([]);
  });
});
