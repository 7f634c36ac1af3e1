import { wyomingEvent, type WyomingEvent } from '../platform/wyoming/index.js';
import type { Offered, WyomingServices } from './options.js';

/** Listed for a service that supports any language, because clients expect a list. */
const ANY = 'zh en de fr es it pt nl ru uk pl cs sv da fi el tr ar hi vi th id ja ko'.split(' ');
/** Limit for models and for voices in the answer. */
const MAX_OFFERED = 200;

export function infoEvent(services: WyomingServices, version: string): WyomingEvent {
  const artifact = (name: string, about: string): Readonly<Record<string, unknown>> => ({
    name,
    description: about,
    attribution: { name: 'Chorus', url: '' },
    installed: true,
    version,
  });
  const list = (offered: readonly Offered[]): readonly unknown[] =>
    offered
      .slice(0, MAX_OFFERED)
      .map(({ name, about, languages }) => ({ ...artifact(name, about), languages: named(languages) }));
  const models = list(services.offeredModels());
  const voices = list(services.offeredVoices());
  return wyomingEvent('info', {
    asr: models.length === 0 ? [] : [{ ...artifact('chorus', 'Chorus'), models, supports_transcript_streaming: false }],
    tts: voices.length === 0 ? [] : [{ ...artifact('chorus', 'Chorus'), voices, supports_synthesize_streaming: true }],
    handle: [],
    intent: [],
    wake: [],
    mic: [],
    snd: [],
  });
}

const named = (languages: readonly string[]): readonly string[] =>
  languages.includes('*') ? [...new Set([...languages.filter((tag) => tag !== '*'), ...ANY])] : languages;
