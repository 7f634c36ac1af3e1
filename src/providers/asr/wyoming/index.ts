import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { concurrentUtterances, serviceLimits, text, words } from '../../settings.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';
import { describeWyoming, KnownOffers, wyomingAddress } from '../../wire/wyoming.js';

const settings = z
  .strictObject({
    url: wyomingAddress('tcp://127.0.0.1:10300'),
    model: text(128).optional().meta(words('Its model, where it has several.', '它的模型（如果有多个）。')),
    max_concurrent: concurrentUtterances(2),
  })
  .meta(words('Recognition by a Wyoming service (docs/wyoming.md).', 'Wyoming 语音识别（docs/wyoming.zh-CN.md）。'));

export const wyomingRecognizer = defineRecognitionService({
  id: 'wyoming',
  name: both('Wyoming', 'Wyoming'),
  about: both(
    'A Wyoming service of Home Assistant: faster-whisper, Vosk, sherpa and others.',
    'Home Assistant 的 Wyoming 服务：faster-whisper、Vosk、sherpa 等。',
  ),
  local: false,
  settings,
  languages: ['*'],
  limits: serviceLimits,
  create(of, { clock, gate }) {
    const known = new KnownOffers(clock);
    const { open, ...provider } = streamingRecognizer({
      id: 'wyoming',
      languages: ['*'],
      clock,
      gate,
      dialect: async ({ language }) => (await import('./dialect.js')).wyomingRecognition(of, language, known),
    });
    return {
      ...provider,
      // A service that does not stream gets an utterance as a whole, as soon as the utterance is probably complete.
      // Streaming would not be faster, because the service would wait for the end of the audio.
      get open() {
        return known.current?.streamsText === true ? open : undefined;
      },
    };
  },
  address: 'url',
  probe: ({ url }, { clock, signal }) => describeWyoming({ kind: 'asr', url, clock }, signal),
});
