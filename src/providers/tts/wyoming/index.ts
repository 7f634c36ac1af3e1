import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { cloudVoice, concurrentSentences, serviceLimits, text, words } from '../../settings.js';
import { socketVoice } from '../../wire/socket-voice.js';
import { describeWyoming, KnownOffers, wyomingAddress } from '../../wire/wyoming.js';

const { unproven: _, ...ofOnesOwn } = cloudVoice();

export const wyomingSpeech = defineVoice({
  id: 'wyoming',
  name: both('Wyoming', 'Wyoming'),
  about: both(
    'A Wyoming service of Home Assistant: Piper, Kokoro and others (tts.wyoming).',
    'Home Assistant 的 Wyoming 服务：Piper、Kokoro 等（tts.wyoming）。',
  ),
  ...ofOnesOwn,
  settings: z
    .strictObject({
      url: wyomingAddress('tcp://127.0.0.1:10200'),
      voice: text(256)
        .optional()
        .meta(
          words(
            'Its voice. Without it the service chooses, by the language where it can.',
            '它的声音。不设置时由服务按语言选择（如果它会选）。',
          ),
        ),
      speaker: text(128).optional().meta(words('The speaker, of a voice with several.', '说话人（声音里有多个时）。')),
      max_concurrent: concurrentSentences(2),
    })
    .meta(words('A voice of a Wyoming service (docs/wyoming.md).', 'Wyoming 语音合成（docs/wyoming.zh-CN.md）。')),
  limits: serviceLimits,
  create(of, { clock, gate }) {
    const known = new KnownOffers(clock);
    return socketVoice({
      id: 'wyoming',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 22_050 },
      dialect: async (parameters) => (await import('./dialect.js')).wyomingVoice(of, parameters, known),
    });
  },
  probe: ({ url }, { clock, signal }) => describeWyoming({ kind: 'tts', url, clock }, signal),
});
