import type { DeviceEvent } from './device-model.js';
import type { Violation } from './violation.js';

/** Moments of a turn in milliseconds after the end of speech (negative: before). Undefined: did not happen. */
export interface TurnTimeline {
  readonly speechStartMs: number;
  readonly sttMs: number | undefined;
  readonly ttsStartMs: number | undefined;
  readonly firstPacketMs: number | undefined;
  /** The first packet begins to be heard. */
  readonly firstSoundMs: number | undefined;
  readonly ttsStopMs: number | undefined;
  /** The last sample was heard. */
  readonly playedMs: number | undefined;
}

export interface TurnRecord {
  /** `cut_off`: the device began to speak before the end of speech. `unfinished`: `tts stop` never came. */
  readonly outcome: 'answered' | 'cut_off' | 'no_answer' | 'unfinished' | 'closed';
  /** The last `stt`. */
  readonly heard: string | undefined;
  readonly sentences: readonly { readonly text: string; readonly atMs: number }[];
  readonly emotions: readonly string[];
  readonly alerts: readonly string[];
  readonly timeline: TurnTimeline;
  /** `Clock.nowMs` of the end of speech: what the timeline counts from. */
  readonly speechEndAtMs: number;
  readonly packets: number;
  /** Smallest distance of two packets as they arrived; undefined with fewer than two. */
  readonly minSpacingMs: number | undefined;
  readonly underruns: number;
  readonly underrunMs: number;
  readonly overflows: number;
  /** Packets that came while the device was not speaking. */
  readonly lostPackets: number;
  readonly violations: readonly Violation[];
}

/** When the clip is spoken, on the device's clock. */
export interface SpokenAt {
  readonly startMs: number;
  readonly endMs: number;
}

/** Collects what happens from the moment somebody speaks until the answer was heard. */
export class TurnRecorder {
  #spoken: SpokenAt | undefined;
  #heard: string | undefined;
  readonly #sentences: { text: string; atMs: number }[] = [];
  readonly #emotions: string[] = [];
  readonly #alerts: string[] = [];
  #sttMs: number | undefined;
  #startMs: number | undefined;
  #packetMs: number | undefined;
  #soundMs: number | undefined;
  #stopMs: number | undefined;
  #lastPacketMs: number | undefined;
  #minSpacingMs: number | undefined;
  #packets = 0;
  #overflows = 0;
  #lost = 0;
  #underruns = 0;
  #underrunMs = 0;

  /** True once a reply to what was spoken has begun and ended. */
  get answered(): boolean {
    return this.#startMs !== undefined && this.#stopMs !== undefined;
  }

  get replying(): boolean {
    return this.#startMs !== undefined && this.#stopMs === undefined;
  }

  spoken(at: SpokenAt): void {
    this.#spoken = at;
  }

  event(event: DeviceEvent): void {
    // What comes before the first word belongs to what was before: a greeting, or the reply that is being interrupted.
    if (!this.#spoken || event.atMs < this.#spoken.startMs) return;
    switch (event.type) {
      case 'stt':
        this.#heard = event.text;
        this.#sttMs = event.atMs;
        break;
      case 'sentence':
        this.#sentences.push({ text: event.text, atMs: event.atMs });
        break;
      case 'emotion':
        this.#emotions.push(event.emotion);
        break;
      case 'alert':
        this.#alerts.push(`${event.status}: ${event.message}`);
        break;
      case 'tts_start':
        this.#startMs ??= event.atMs;
        break;
      case 'tts_stop':
        if (this.#startMs !== undefined) this.#stopMs = event.atMs;
        break;
      case 'packet':
        this.#packet(event.atMs, event.lost);
        break;
      default:
        break;
    }
  }

  played(startMs: number): void {
    if (this.#startMs !== undefined) this.#soundMs ??= startMs;
  }

  gap(startMs: number, gapMs: number): void {
    if (this.#startMs === undefined || startMs < this.#startMs) return;
    this.#underruns += 1;
    this.#underrunMs += gapMs;
  }

  /** `playedMs`: when the last sample is heard. */
  finish(closed: boolean, playedMs: number, violations: readonly Violation[]): TurnRecord {
    const end = this.#spoken?.endMs ?? playedMs;
    const from = (atMs: number | undefined): number | undefined => (atMs === undefined ? undefined : atMs - end);
    return {
      outcome: this.#outcome(closed, end),
      heard: this.#heard,
      sentences: this.#sentences.map(({ text, atMs }) => ({ text, atMs: atMs - end })),
      emotions: this.#emotions,
      alerts: this.#alerts,
      timeline: {
        speechStartMs: (this.#spoken?.startMs ?? end) - end,
        sttMs: from(this.#sttMs),
        ttsStartMs: from(this.#startMs),
        firstPacketMs: from(this.#packetMs),
        firstSoundMs: from(this.#soundMs),
        ttsStopMs: from(this.#stopMs),
        playedMs: this.#soundMs === undefined ? undefined : playedMs - end,
      },
      speechEndAtMs: end,
      packets: this.#packets,
      minSpacingMs: this.#minSpacingMs,
      underruns: this.#underruns,
      underrunMs: this.#underrunMs,
      overflows: this.#overflows,
      lostPackets: this.#lost,
      violations,
    };
  }

  #outcome(closed: boolean, endMs: number): TurnRecord['outcome'] {
    if (this.answered) return this.#startMs !== undefined && this.#startMs < endMs ? 'cut_off' : 'answered';
    if (closed) return 'closed';
    return this.#startMs === undefined ? 'no_answer' : 'unfinished';
  }

  #packet(atMs: number, lost: 'no' | 'not_speaking' | 'overflow'): void {
    if (this.#startMs === undefined) return;
    this.#packets += 1;
    this.#packetMs ??= atMs;
    if (lost === 'overflow') this.#overflows += 1;
    if (lost === 'not_speaking') this.#lost += 1;
    if (this.#lastPacketMs !== undefined) this.#minSpacingMs = Math.min(this.#minSpacingMs ?? Infinity, atMs - this.#lastPacketMs);
    this.#lastPacketMs = atMs;
  }
}
