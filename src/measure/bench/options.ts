import type { FleetOptions, Scenario } from '../fleet/index.js';
import type { ServiceLevel } from './service-level.js';
import type { StandInOptions } from './stand-ins/index.js';

/** The stand-in on loopback, or the server's own offline assistant. */
export type LlmChoice = 'stand-in' | 'offline';
/**
 * `stand-in` replaces the voice service of Microsoft Edge (MP3), and `stand-in-pcm` that of OpenAI (PCM). Any other
 * value is a local `tts.provider`, such as `flite` or `espeak`.
 */
export type TtsChoice = 'stand-in' | 'stand-in-pcm' | (string & {});
/**
 * `sensevoice-cost` is a graph with the CPU cost of SenseVoice, or the real model if installed. With `installed`, the
 * server chooses. Any other value is an id of the catalogue.
 */
export type AsrChoice = 'sensevoice-cost' | 'installed' | (string & {});

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
  /** Behaviour of the stand-ins, which use the seed of the run. */
  readonly standIns: StandInOptions;
  /** Settings (`key=value`) of the server under test. They follow the bench's own settings. */
  readonly settings: readonly string[];
  readonly serviceLevel: ServiceLevel;
  /** True if recognition, voice activity and codecs are also measured by themselves, before and after the run. */
  readonly kernels: boolean;
  /** Minimum number of turns for a percentile. */
  readonly minTurns: number;
}

/** Queue sizes in packets (firmware 1.6-2.4, newer small boards, before 1.6), with an equal share of devices each. */
export const MIXED_QUEUES = [40, 20, 5] as const;
