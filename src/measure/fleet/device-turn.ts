import { unansweredBy } from '../../conversation/session/unanswered-port.js';
import type { DeviceEvent, PacketLoss } from './device-model.js';
import type { Violation } from './violation.js';

/** Milliseconds after the end of speech, negative before it. A time is undefined if the event did not happen. */
export interface TurnTimeline {
  readonly speechStartMs: number;
  readonly sttMs: number | undefined;
  readonly ttsStartMs: number | undefined;
  readonly firstPacketMs: number | undefined;
  /** Time at which the first packet begins to play. */
  readonly firstSoundMs: number | undefined;
  readonly ttsStopMs: number | undefined;
  readonly playedMs: number | undefined;
}

export interface DeviceTurn {
  /**
   * `cut_off`: the device began to speak before the end of speech. `busy`, `apology`: the reply says that there is no
   * answer. `not_heard`: the server replied although it had understood nothing. `unfinished`: `tts stop` never came.
   */
  readonly outcome: 'answered' | 'cut_off' | 'busy' | 'apology' | 'not_heard' | 'no_answer' | 'unfinished' | 'closed';
  /** The sentence of the reply that says why there is no answer. */
  readonly excuse: string | undefined;
  /** Text of the last `stt`. */
  readonly heard: string | undefined;
  readonly sentences: readonly { readonly text: string; readonly atMs: number }[];
  readonly emotions: readonly string[];
  readonly alerts: readonly string[];
  readonly timeline: TurnTimeline;
  /** `Clock.nowMs` at the end of speech. The timeline counts from this moment. */
  readonly speechEndAtMs: number;
  readonly packets: number;
  /** Shortest time between the arrivals of two packets. Undefined if fewer than two packets arrived. */
  readonly minSpacingMs: number | undefined;
  /**
   * Least sound buffered in the device when a packet arrived. The first ten packets do not count, because the server is
   * still building up its lead.
   */
  readonly minLeadMs: number | undefined;
  readonly underruns: number;
  readonly underrunMs: number;
  /** Audible gaps. `afterMs` is the sound played before the gap, and `ms` is the length of the gap. */
  readonly gaps: readonly { readonly afterMs: number; readonly ms: number }[];
  readonly overflows: number;
  /**
   * Packets that the device could not decode, or that came while it was not speaking. After an interruption, the
   * latter do not count.
   */
  readonly lostPackets: number;
  readonly silentSentences: number;
  /**
   * Present if the reply was interrupted. `afterMs` is the sound played until the interruption. `stopMs` tells when the
   * server stopped.
   */
  readonly abort:
    | { readonly afterMs: number; readonly packetsAfter: number; readonly stopMs: number | undefined }
    | undefined;
  readonly violations: readonly Violation[];
}

/** True if the device gave an answer, even if it began to speak before the question was over. */
export function isAnswered({ outcome }: { readonly outcome: string }): boolean {
  return outcome === 'answered' || outcome === 'cut_off';
}

/** True if the reply was no answer. Its timing says nothing about the server. */
export function isExcuse({ outcome }: { readonly outcome: string }): boolean {
  return outcome === 'busy' || outcome === 'apology' || outcome === 'not_heard';
}

/** True if the device was told "busy", aloud or on the screen. */
export function isRejected({ outcome, alerts }: { readonly outcome: string; readonly alerts?: unknown }): boolean {
  return outcome === 'busy' || alerts !== undefined;
}

/** Until this packet, the server builds up its lead, the sound buffered in the device. */
export const LEAD_FROM_PACKET = 10;

export interface SpokenAt {
  readonly startMs: number;
  readonly endMs: number;
}

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
  #minLeadMs: number | undefined;
  #gapMs = 0;
  readonly #gaps: { afterMs: number; ms: number }[] = [];
  #abortMs: number | undefined;
  #packetsAfterAbort = 0;
  #sentencePending = false;
  #silentSentences = 0;

  /** True once a reply to the utterance has begun and ended. */
  get answered(): boolean {
    return this.#startMs !== undefined && this.#stopMs !== undefined;
  }

  get replying(): boolean {
    return this.#startMs !== undefined && this.#stopMs === undefined;
  }

  /** Returns undefined before the first word. */
  phase(nowMs: number): 'talking' | 'waiting' | 'playing' | undefined {
    if (!this.#spoken || nowMs < this.#spoken.startMs) return undefined;
    if (nowMs < this.#spoken.endMs) return 'talking';
    return this.#soundMs === undefined ? 'waiting' : 'playing';
  }

  /** Time of the last packet of the reply, or of the reply's start if no packet came. */
  get lastSignMs(): number | undefined {
    return this.#lastPacketMs ?? this.#startMs;
  }

  spoken(at: SpokenAt): void {
    this.#spoken = at;
  }

  event(event: DeviceEvent): void {
    // An event before the first word belongs to a greeting, or to the reply that is being interrupted.
    if (!this.#spoken || event.atMs < this.#spoken.startMs) return;
    switch (event.type) {
      case 'stt':
        this.#heard = event.text;
        this.#sttMs = event.atMs;
        break;
      case 'sentence':
        this.#endSentence();
        this.#sentencePending = true;
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
        this.#endSentence();
        if (this.#startMs !== undefined) this.#stopMs = event.atMs;
        break;
      case 'packet':
        this.#packet(event.atMs, event.lost, event.leadMs);
        break;
      case 'abort':
        if (this.replying) this.#abortMs ??= event.atMs;
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
    const heardMs = startMs - (this.#soundMs ?? startMs) - this.#gapMs;
    this.#gaps.push({ afterMs: heardMs, ms: gapMs });
    this.#gapMs += gapMs;
  }

  /** `playedMs` is the time at which the last sample is played. */
  finish(closed: boolean, playedMs: number, violations: readonly Violation[]): DeviceTurn {
    const end = this.#spoken?.endMs ?? playedMs;
    const from = (atMs: number | undefined): number | undefined => (atMs === undefined ? undefined : atMs - end);
    return {
      outcome: this.#outcome(closed, end),
      excuse: this.#sentences.find(({ text }) => unansweredBy(text))?.text,
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
      minLeadMs: this.#minLeadMs,
      underruns: this.#gaps.length,
      underrunMs: this.#gapMs,
      gaps: this.#gaps,
      overflows: this.#overflows,
      lostPackets: this.#lost,
      silentSentences: this.#silentSentences,
      abort: this.#abort(),
      violations,
    };
  }

  #outcome(closed: boolean, endMs: number): DeviceTurn['outcome'] {
    if (this.answered) return this.#excuse() ?? ((this.#startMs ?? endMs) < endMs ? 'cut_off' : 'answered');
    if (closed) return 'closed';
    return this.#startMs === undefined ? 'no_answer' : 'unfinished';
  }

  /** An answer that ends with an apology is not an answer, either. */
  #excuse(): 'busy' | 'apology' | 'not_heard' | undefined {
    if (this.#alerts.length > 0) return 'busy';
    const excuses = this.#sentences.flatMap(({ text }) => unansweredBy(text) ?? []);
    return excuses[0] ?? ((this.#heard ?? '') === '' ? 'not_heard' : undefined);
  }

  #abort(): DeviceTurn['abort'] {
    if (this.#abortMs === undefined) return undefined;
    const afterMs = Math.max(0, this.#abortMs - (this.#soundMs ?? this.#abortMs) - this.#gapMs);
    return {
      afterMs,
      packetsAfter: this.#packetsAfterAbort,
      stopMs: this.#stopMs === undefined ? undefined : this.#stopMs - this.#abortMs,
    };
  }

  #endSentence(): void {
    // A server does not have to finish an interrupted sentence.
    if (this.#sentencePending && this.#abortMs === undefined) this.#silentSentences += 1;
    this.#sentencePending = false;
  }

  #packet(atMs: number, lost: PacketLoss, leadMs: number | undefined): void {
    if (this.#startMs === undefined) return;
    this.#sentencePending = false;
    if (this.#abortMs !== undefined && this.#stopMs === undefined) this.#packetsAfterAbort += 1;
    if (leadMs !== undefined && this.#packets >= LEAD_FROM_PACKET)
      this.#minLeadMs = Math.min(this.#minLeadMs ?? Infinity, leadMs);
    this.#packets += 1;
    this.#packetMs ??= atMs;
    if (lost === 'overflow') this.#overflows += 1;
    if (lost === 'undecodable' || (lost === 'not_speaking' && this.#abortMs === undefined)) this.#lost += 1;
    if (this.#lastPacketMs !== undefined)
      this.#minSpacingMs = Math.min(this.#minSpacingMs ?? Infinity, atMs - this.#lastPacketMs);
    this.#lastPacketMs = atMs;
  }
}
