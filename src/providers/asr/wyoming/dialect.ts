import { type LanguageTag } from '../../../core/index.js';
import {
  encodeEvent,
  EventReader,
  monoFormat,
  wyomingEvent,
  type WyomingEvent,
  textOf,
} from '../../../platform/wyoming/index.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { serviceError } from '../../wire/refusal.js';
import { tcpConnection } from '../../wire/tcp-connection.js';
import { bytesOf, DESCRIBE, doesNotOffer, failureIn, languageIn, type KnownOffers } from '../../wire/wyoming.js';

export interface WyomingRecognitionSettings {
  readonly url: string;
  readonly model?: string | undefined;
}

const FORMAT = monoFormat(16_000);
/** Long, because most of these services start recognition only at the end of the audio. */
const LAST_TEXT_MS = 8_000;

/** Speech to text over the Wyoming protocol, https://github.com/OHF-Voice/wyoming. */
export function wyomingRecognition(
  { url, model }: WyomingRecognitionSettings,
  language: LanguageTag,
  known: KnownOffers,
): AsrDialect {
  const reader = new EventReader();
  const asked = known.current === undefined;
  let begun = false;
  let soFar = '';

  /** Call this only when the service has named its languages. */
  const opening = (): readonly Buffer[] => {
    if (begun) return [];
    begun = true;
    const offers = known.current?.asr ?? [];
    const spoken = languageIn(offers, language);
    const request = { ...(model !== undefined && { name: model }), ...(spoken !== undefined && { language: spoken }) };
    return [wyomingEvent('transcribe', request), wyomingEvent('audio-start', FORMAT)].map(encodeEvent);
  };
  const newsIn = (event: WyomingEvent): readonly AsrNews[] => {
    switch (event.type) {
      case 'info':
        known.learn(event);
        if (known.current?.asr.length === 0) throw serviceError('asr', 'failed', doesNotOffer('asr'));
        return asked ? [{ type: 'started' }] : [];
      case 'transcript-start':
        soFar = '';
        return [];
      case 'transcript-chunk':
        soFar += textOf(event);
        return [{ type: 'text', text: soFar, final: false, whole: true }];
      case 'transcript':
        return [{ type: 'text', text: textOf(event), final: true, whole: true }, { type: 'over' }];
      case 'transcript-stop':
        return [{ type: 'text', text: soFar, final: true, whole: true }, { type: 'over' }];
      case 'error':
        return [failureIn(event)];
      default:
        return [];
    }
  };

  return {
    connect: (signal) => tcpConnection({ kind: 'asr', url }, signal),
    begin: () => (asked ? [DESCRIBE] : []),
    waitsForStart: asked,
    lastTextMs: LAST_TEXT_MS,
    audio: (pcm) => Buffer.concat([...opening(), encodeEvent(wyomingEvent('audio-chunk', FORMAT, pcm))]),
    end: () => [...opening(), encodeEvent(wyomingEvent('audio-stop'))],
    read: (message) => [...reader.push(bytesOf(message))].flatMap(newsIn),
  };
}
