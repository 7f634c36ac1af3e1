import type { Clock } from '../../../core/index.js';
import { localVoice } from '../local-voice.js';
import type { LocalVoiceClient } from '../local.js';
import type { TtsProvider } from '../tts-port.js';

export interface FliteOptions {
  readonly clock: Clock;
  /** Runs {@link fliteSynthesize} in the speaking child. */
  readonly client: LocalVoiceClient;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
}

/** The English voice that is always there: in the package, permissive, no network. */
export function fliteTts(options: FliteOptions): TtsProvider {
  return localVoice({
    ...options,
    engine: 'flite',
    languages: ['en'],
    // slt on one core: 59 ms for 3.5 s of speech (54 letters), 12 ms of it instantiation.
    msPerUnit: 1,
    fixedMs: 15,
  });
}
