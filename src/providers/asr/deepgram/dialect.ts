import { primarySubtag } from '../../../core/index.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { jsonMessage, numberIn, textIn, within } from '../../wire/json-news.js';

export interface DeepgramSettings {
  readonly url: string;
  readonly model: string;
}

/** https://developers.deepgram.com/reference/speech-to-text/listen-streaming */
export function deepgram({ url, model }: DeepgramSettings, language: string, key: string | undefined): AsrDialect {
  const address = () => {
    const full = new URL(url);
    const values = {
      model,
      language: primarySubtag(language),
      encoding: 'linear16',
      sample_rate: '16000',
      channels: '1',
      interim_results: 'true',
      punctuate: 'true',
      smart_format: 'true',
      endpointing: '300',
    };
    for (const [name, value] of Object.entries(values)) full.searchParams.set(name, value);
    return { url: full.href, ...(key !== undefined && { headers: { Authorization: `Token ${key}` } }) };
  };
  return {
    connect: (signal) => socketConnection({ kind: 'asr', address, maxMessageBytes: 256 * 1024 }, signal),
    begin: () => [],
    audio: (pcm) => pcm,
    end: () => [JSON.stringify({ type: 'CloseStream' })],
    closeIsEnd: true,
    read(message): readonly AsrNews[] {
      const value = jsonMessage(message);
      if (value['type'] === 'Metadata') return [{ type: 'over' }];
      if (value['type'] === 'Error')
        return [{ type: 'failed', code: 'failed', message: textIn(value, 'description') || textIn(value, 'message') }];
      if (value['type'] !== 'Results') return [];
      const { alternatives } = within(value, 'channel');
      const best: unknown = Array.isArray(alternatives) ? alternatives[0] : undefined;
      const text = typeof best === 'object' && best !== null ? textIn({ best }, 'best', 'transcript') : '';
      const final = value['is_final'] === true;
      const endS = (numberIn(value['start']) ?? 0) + (numberIn(value['duration']) ?? 0);
      // An empty final text is reported too, because it shows that this audio is silence.
      return text === '' && !final ? [] : [{ type: 'text', text, final, untilMs: final ? endS * 1000 : undefined }];
    },
  };
}
