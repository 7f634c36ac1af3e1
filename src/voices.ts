import type { Config } from './config/index.js';
import type { Clock, Logger, Metrics, Scope } from './core/index.js';
import type { SpeechEncoder } from './voice/speaking/index.js';
import { espeakTts, fliteTts, type TtsProvider } from './voice/providers/tts/index.js';

export interface VoicesOptions {
  readonly config: Config['tts'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly encoder: SpeechEncoder;
}

/**
 * The voices of the configuration, best first; the lane takes the first that speaks a device's language and falls back along the
 * list. A voice that was chosen by name goes first, the local ones stay behind it so that a device is never mute.
 */
export function voicesFor({ config, clock, encoder }: VoicesOptions): TtsProvider[] {
  const flite = fliteTts({ clock, client: encoder.synthesize });
  const espeak = espeakTts({ clock, client: encoder.synthesize });
  const local = config.provider === 'espeak' ? [espeak, flite] : [flite, espeak];
  return local;
}
