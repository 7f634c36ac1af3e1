import {
  encodeEvent,
  EventReader,
  formatOf,
  monoOf,
  sameFormat,
  wyomingEvent,
  type WyomingEvent,
  type WyomingFormat,
} from '../../../platform/wyoming/index.js';
import { serviceError } from '../../wire/refusal.js';
import { tcpConnection } from '../../wire/tcp-connection.js';
import type { TtsDialect, TtsNews, TtsParameters } from '../../wire/tts-dialect.js';
import { bytesOf, DESCRIBE, doesNotOffer, failureIn, languageIn, type KnownOffers } from '../../wire/wyoming.js';

export interface WyomingVoiceSettings {
  readonly url: string;
  readonly voice?: string | undefined;
  readonly speaker?: string | undefined;
}

function requestOf(
  text: string,
  language: string,
  wanted: string | undefined,
  speaker: string | undefined,
  offers: KnownOffers['current'],
): readonly Buffer[] {
  const voices = offers?.tts ?? [];
  const spoken = languageIn(voices, language);
  // Piper also lists voices that are not downloaded. So the service selects the voice, unless the settings name one.
  const named = voices.some(({ name }) => name === wanted);
  const choice = named ? { name: wanted, ...(speaker !== undefined && { speaker }) } : { language: spoken };
  const voice = named || spoken !== undefined ? { voice: choice } : {};
  const whole = wyomingEvent('synthesize', { text, ...voice });
  if (offers?.streamsSpeech !== true) return [encodeEvent(whole)];
  // The whole text is sent too, because older services need it. A streaming service does not speak the text twice.
  return [
    wyomingEvent('synthesize-start', voice),
    wyomingEvent('synthesize-chunk', { text }),
    whole,
    wyomingEvent('synthesize-stop'),
  ].map(encodeEvent);
}

/** Text to speech over the Wyoming protocol, https://github.com/OHF-Voice/wyoming. */
export function wyomingVoice(
  { url, voice: usual, speaker }: WyomingVoiceSettings,
  { language, voice: wanted = usual }: TtsParameters,
  known: KnownOffers,
): TtsDialect {
  const reader = new EventReader();
  const asked = known.current === undefined;
  let format: WyomingFormat | undefined;
  let text = '';

  const formatNews = (event: WyomingEvent): readonly TtsNews[] => {
    const next = formatOf(event);
    if (format && sameFormat(format, next)) return [];
    format = next;
    return [{ type: 'rate', rateHz: next.rateHz }];
  };
  const newsIn = (event: WyomingEvent): readonly TtsNews[] => {
    switch (event.type) {
      case 'info':
        known.learn(event);
        if (known.current?.tts.length === 0) throw serviceError('tts', 'failed', doesNotOffer('tts'));
        return asked ? [{ type: 'started' }] : [];
      case 'audio-start':
        return formatNews(event);
      case 'audio-chunk': {
        const news = formatNews(event);
        return [...news, { type: 'audio', bytes: monoOf(event.payload, formatOf(event)) }];
      }
      case 'audio-stop':
        // A streaming service sends a stop event after each sentence, so the event does not end the audio.
        return known.current?.streamsSpeech === true ? [] : [{ type: 'over' }];
      case 'synthesize-stopped':
        return [{ type: 'over' }];
      case 'error':
        return [failureIn(event)];
      default:
        return [];
    }
  };

  return {
    connect: (signal) => tcpConnection({ kind: 'tts', url }, signal),
    begin: () => (asked ? [DESCRIBE] : []),
    takesTextAtOnce: !asked,
    say(piece) {
      text += piece;
      return [];
    },
    end: () => requestOf(text, language, wanted, speaker, known.current),
    read: (message) => [...reader.push(bytesOf(message))].flatMap(newsIn),
  };
}
