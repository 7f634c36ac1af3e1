import { noMetrics, Scope, silentLogger, systemClock, type Clock } from '../../src/core/index.js';
import { floatToInt16, int16ToBytes, Mp3Decoder } from '../../src/audio/index.js';
import { live } from '../../src/plugin/testing/suite.js';
import { collect, decode } from '../../src/plugin/testing/voice.js';
import { providers, type TtsProvider, type VoiceContext } from '../../src/providers/index.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { SPEECH_MP3, SPEECH_TEXT } from '../fakes/edge-server.js';
import { gateFor } from '../fakes/service-gate.js';
import {
  cosyvoiceService,
  minimaxService,
  nlsVoiceService,
  volcengineVoiceService,
  xunfeiVoiceService,
  type SpeechService,
} from '../fakes/voice-services.js';

const decoder = await Mp3Decoder.create();
export const AUDIO = Buffer.from(int16ToBytes(floatToInt16(decoder.push(SPEECH_MP3))));
decoder.close();
export const REQUEST = { text: SPEECH_TEXT, language: 'en-US' };

export type Settings = Readonly<Record<string, unknown>>;

interface SocketSubject {
  readonly service: SpeechService;
  readonly settings?: Settings;
}
/** Voices that are reached over a WebSocket. */
export const SOCKETS: Readonly<Record<string, SocketSubject>> = {
  volcengine: { service: volcengineVoiceService, settings: { app_id: 'app' } },
  cosyvoice: { service: cosyvoiceService },
  'aliyun-nls': { service: nlsVoiceService, settings: { appkey: 'app' } },
  xunfei: { service: xunfeiVoiceService, settings: { app_id: 'app', api_secret: 's' } },
  minimax: { service: minimaxService, settings: { group_id: 'g', voice: 'v' } },
};

export interface MadeVoice {
  readonly provider: TtsProvider;
  readonly gate: ServiceGate;
}

/** Makes a service's voice that uses this address, with a limit of ten simultaneous requests. */
export function makeVoice(
  id: string,
  url: string,
  settings: Settings | undefined,
  clock: Clock = systemClock,
  scope = new Scope('test', () => undefined),
): MadeVoice {
  const voice = providers.voice(id)!;
  const gate = gateFor({ keys: 'sk-secret', concurrent: 10, clock });
  const context = { clock, log: silentLogger, metrics: noMetrics, scope, rate: 1, gate };
  const provider = voice.create(voice.settings.parse({ url, ...settings }), context as unknown as VoiceContext);
  return { provider, gate };
}

/** Speaks the request and decodes the audio. */
export async function heard(provider: TtsProvider): Promise<{ readonly rateHz: number; readonly bytes: Buffer }> {
  const audio = await provider.synthesize(REQUEST, live());
  const { rateHz, pcm } = await decode(audio, await collect(audio));
  return { rateHz, bytes: Buffer.from(int16ToBytes(pcm)) };
}

/** The address in the form that the voice's setting expects. MiniMax expects the address of its HTTP service. */
export const settingFor = (id: string, url: string): string => (id === 'minimax' ? url.replace('ws:', 'http:') : url);
