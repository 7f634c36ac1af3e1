import type { FleetOptions, Scenario } from '../fleet/index.js';
import type { ServiceLevel } from './service-level.js';
import type { StandInOptions } from './stand-ins/index.js';

/** Language model of the run: the stand-in on loopback, or the server's own offline assistant. */
export type LlmChoice = 'stand-in' | 'offline';
/**
 * `stand-in`: Edge's protocol, MP3. `stand-in-pcm`: OpenAI's, PCM. Otherwise a local `tts.provider`: `flite`, `espeak`,
 * or a local model.
 */
export type TtsChoice = 'stand-in' | 'stand-in-pcm' | (string & {});
/**
 * `sensevoice-cost`: a graph with the CPU cost of SenseVoice, or the real model if it is installed. `installed`: the
 * server's choice among the installed models. Otherwise an id of the catalogue.
 */
export type AsrChoice = 'sensevoice-cost' | 'installed' | (string & {});

/** One run against one server. */
export interface RunOptions {
  readonly devices: number;
  readonly durationMs: number;
  readonly warmupMs: number;
  /** {@link FleetOptions.beginWithinMs} */
  readonly beginWithinMs?: number;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly queues: readonly number[];
  readonly framings: FleetOptions['framings'];
  readonly language: string;
  readonly asr: AsrChoice;
  readonly llm: LlmChoice;
  readonly tts: TtsChoice;
  /** Behaviour of the stand-ins; their seed is that of the run. */
  readonly standIns: StandInOptions;
  /** Settings (`key=value`) of the server under test. They follow the bench's own settings. */
  readonly settings: readonly string[];
  readonly serviceLevel: ServiceLevel;
  /**
   * True: the kernels (recognition, voice activity, codecs) are also measured by themselves, before and after the run.
   */
  readonly kernels: boolean;
  /** Minimum number of turns for a percentile. */
  readonly minTurns: number;
}

/**
 * Decode queues of `--queue mix`, in packets: firmware 1.6-2.4, newer small boards, and firmware before 1.6. Each is
 * used by an equal part of the devices.
 */
export const MIXED_QUEUES = [40, 20, 5] as const;
