import { describe, expect, it } from 'vitest';
import { scriptedTts, type ScriptedTts, type TtsScript } from '../../../test/fakes/scripted-tts.js';
import { createSlots } from '../../capacity/index.js';
import type { Config } from '../../config/index.js';
import { ChorusError, noMetrics, systemClock } from '../../core/index.js';
import { codeOf, failureOf, live } from '../../plugin/testing/suite.js';
import { createVoiceControl, type VoicesContext } from './voices.js';

const TTS = { provider: 'edge', rate: 1.2, voice: 'jenny' } as unknown as Config['tts'];
const FAILS: TtsScript = { error: new ChorusError('tts.unreachable', 'away') };

function control(providers: readonly ScriptedTts[], auditioned: readonly ScriptedTts[] = []) {
  const closed: string[] = [];
  const context = {
    live: { current: { tts: TTS } },
    clock: systemClock,
    slots: createSlots({ clock: systemClock, metrics: noMetrics, slots: 1 }),
    speech: {
      voices: { providers },
      audition: ({ provider }: Config['tts']) => ({
        providers: auditioned,
        close: () => Promise.resolve(void closed.push(provider)),
      }),
    },
  } as unknown as VoicesContext;
  return { voices: createVoiceControl(context), closed };
}
const voice = (id: string, scripts: readonly TtsScript[] = [{}], more = {}): ScriptedTts =>
  scriptedTts(id, systemClock, scripts, more);

describe('listening to a voice', () => {
  it('speaks the text as in a reply, at the configured speed', async () => {
    const edge = voice('edge');
    const { voices } = control([edge]);
    const text = '**25 °C** and €3.50 today';
    const { type, bytes } = await voices.listen({ provider: 'edge', text, language: 'en-US' }, 'en', live());
    expect(type).toBe('audio/wav');
    expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('RIFF');
    expect(edge.requests).toEqual([
      {
        text: 'Twenty-five degrees Celsius and three euros and fifty cents today',
        language: 'en-US',
        voice: 'jenny',
        rate: 1.2,
      },
    ]);
  });

  it('greets without a given text in the language of the page, or else in one that the voice speaks', async () => {
    const english = voice('flite', [{}], { languages: ['en'], local: true });
    const { voices, closed } = control([], [english]);
    await voices.listen({ provider: 'flite' }, 'zh', live());
    expect(english.requests).toMatchObject([{ language: 'en-US' }]);
    expect(english.requests[0]?.voice).toBeUndefined();
    expect(closed).toEqual(['flite']);
  });

  it('greets in the requested language if no text is given, whatever the language of the page', async () => {
    const both = voice('flite', [{}, {}], { languages: ['en', 'zh'], local: true });
    const { voices } = control([], [both]);
    await voices.listen({ provider: 'flite', language: 'en-US' }, 'zh', live());
    await voices.listen({ provider: 'flite', language: 'zh-CN' }, 'en', live());
    expect(both.requests.map(({ text }) => /\p{Script=Han}/u.test(text))).toEqual([false, true]);
  });

  it('tries the next voice if the first fails; if all fail, reports the error of the first', async () => {
    const { voices } = control([voice('edge', [FAILS])]);
    expect(codeOf(await failureOf(() => voices.listen({}, 'en', live())))).toBe('tts.unreachable');
    const second = voice('flite');
    const auto = control([voice('edge', [FAILS]), second]);
    await auto.voices.listen({ provider: 'auto' }, 'en', live());
    expect(second.requests.length).toBe(1);
  });

  it('ends when the listener leaves; limits the length of the audio and the number of listeners', async () => {
    const endless = voice('edge', [{ bytes: new Uint8Array(40e6) }]);
    expect(codeOf(await failureOf(() => control([endless]).voices.listen({}, 'en', live())))).toBe('tts.failed');
    const hanging = voice('edge', [{ firstMs: 60_000 }]);
    const { voices } = control([hanging]);
    const gone = new AbortController();
    const listening = [1, 2].map(() => failureOf(() => voices.listen({}, 'en', gone.signal)));
    expect(codeOf(await failureOf(() => voices.listen({}, 'en', live())))).toBe('capacity.busy');
    const reason = new Error('the page was closed');
    gone.abort(reason);
    expect(await Promise.all(listening)).toEqual([reason, reason]);
  });
});
