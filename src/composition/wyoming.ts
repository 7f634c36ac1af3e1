import { asChorusError, packageVersion } from '../core/index.js';
import { offeredModels, offeredVoices, openWyomingServer, type WyomingServices } from '../wyoming/index.js';
import type { Capacity } from './capacity.js';
import { mainLanguage, type Foundation } from '../config/index.js';
import type { Speech } from './speech.js';

/** A failure is only logged, because devices are served without this port too. */
export async function startWyoming(
  { config, live, root, common }: Foundation,
  { capacity, speech }: { readonly capacity: Pick<Capacity, 'slots'>; readonly speech: Speech },
): Promise<void> {
  const { listen, allow, max_streams: maxStreams } = config.wyoming;
  if (listen === undefined) return;
  const services: WyomingServices = {
    recognizer: speech.recognizer,
    slots: capacity.slots,
    voices: () => speech.voices.providers,
    limits: () => ({ firstAudioMs: live.current.tts.timeout_ms, stallMs: live.current.tts.timeout_ms }),
    language: () => mainLanguage(live.current),
    offeredModels: () => offeredModels(live.current.asr.model, speech.models),
    offeredVoices: () => offeredVoices(speech.voices.providers),
  };
  const scope = root.child('wyoming');
  try {
    await openWyomingServer({ listen, allow, maxStreams, version: packageVersion(), services, scope, ...common });
  } catch (error) {
    const { code, message } = asChorusError(error);
    common.log.error('Wyoming is not offered', { code, reason: message });
  }
}
