import { AudioHistory } from './audio-history.js';
import type { ListeningEvent, ListeningTurn } from '../listening-port.js';
import { QUIET_MS, RoomLevel } from './room-level.js';
import { SpeechGate } from './speech-gate.js';
import { type UtteranceOptions, msToSamples, samplesToMs } from '../utterance-options.js';

/**
 * A piece of the utterance that reaches the length limit is cut within its last fifth, where it is least like speech.
 * In a live turn, the piece is cut at its end.
 */
const CUT_SEARCH_SHARE = 0.8;
/** While a sound may be an echo, this much audio is kept. It is the pre-roll of a barge-in that is detected late. */
const HELD_HISTORY_MS = 2000;
const LIVE_PART_MS = 100;
/**
 * Times after a barge-in at which continuing speech is reported. The words are then known before the reply would resume
 * after 1.5 s. Each report costs a recognition.
 */
const SO_FAR_MS = [600, 900, 1_200];

/**
 * Assembles the utterance of one turn from windows of audio, without a clock or a process. Cuts the utterance into
 * pieces as {@link ListeningEvent} describes. Time is counted in samples.
 */
export class UtteranceAssembler {
  readonly #history: AudioHistory;
  readonly #gate: SpeechGate;
  readonly #room: RoomLevel;
  readonly #pieceSilence: number;
  #endpointSamples: number;
  #ended = false;
  /** Undefined before the first speech. */
  #startSample: number | undefined;
  /** Undefined before the first speech of the piece. */
  #pieceStart: number | undefined;
  #pieceIndex = 0;
  #revision = 0;
  #lastRevision = 0;
  #sent = false;
  #sentEnd = 0;
  /** Audio before this sample belongs to pieces that are final. */
  #boundary: number;
  #pieceSpeech = 0;
  #speechEnd = 0;
  #nextSilenceReport: number;
  /** The barge-in into the present reply. Positions are samples, and `soFar` counts the reports since. */
  #bargeIn: { readonly onset: number; readonly reported: number; soFar: number } | undefined;
  /** In a live turn, audio of the current piece up to this sample was already reported. */
  #handedOn = 0;

  constructor(
    private readonly options: UtteranceOptions,
    private readonly turn: ListeningTurn,
    private readonly emit: (event: ListeningEvent) => void,
    before?: Int16Array,
  ) {
    this.#history = new AudioHistory(before);
    this.#boundary = this.#history.startSample;
    this.#gate = new SpeechGate({
      threshold: options.threshold,
      negThreshold: options.negThreshold,
      minSpeechSamples: msToSamples(options.minSpeechMs),
      minResumeSamples: msToSamples(options.minResumeMs),
    });
    const pieceSilenceMs = turn.pieceSilenceMs ?? options.pieceSilenceMs;
    this.#pieceSilence = msToSamples(pieceSilenceMs);
    this.#room = new RoomLevel(options.threshold, Math.min(QUIET_MS, pieceSilenceMs));
    this.#endpointSamples = msToSamples(turn.endpointSilenceMs);
    this.#nextSilenceReport = msToSamples(options.stillSilentMs);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get nowSample(): number {
    return this.#history.endSample;
  }

  get started(): boolean {
    return this.#startSample !== undefined;
  }

  /** Pre-roll for a turn that continues where this turn ended. It contains no audio that was already sent. */
  get rest(): Int16Array {
    return this.#history.slice(
      Math.max(this.#sentEnd, this.nowSample - msToSamples(this.options.preRollMs)),
      this.nowSample,
    );
  }

  get speaking(): boolean {
    return this.#gate.speaking;
  }

  get heldSamples(): number {
    return this.#history.endSample - this.#history.startSample;
  }

  /** Sets the silence that ends the utterance after the piece just sent. Ignored if speech has continued since. */
  requireSilence(silenceMs: number): void {
    if (!this.#sent) return;
    this.#endpointSamples = msToSamples(silenceMs);
    this.#checkEnd();
  }

  /** This object takes over `pcm`. With `held`, a reply may be audible, so speech begins only by {@link interrupt}. */
  window(pcm: Int16Array, probability: number, held: boolean): void {
    if (this.#ended) return;
    const startSample = this.nowSample;
    this.#history.push(pcm, probability);
    if (held && !this.started) {
      this.#history.dropBefore(this.nowSample - msToSamples(HELD_HISTORY_MS));
      return;
    }
    const spoke = this.#gate.speaking;
    const quietSince = this.#room.window(pcm, probability, startSample);
    if (this.#gate.feed(probability, startSample, pcm.length, quietSince)) this.#speechConfirmed();
    else if (this.#gate.speaking) this.#pieceSpeech += pcm.length;
    if (this.#gate.speaking) this.#speechEnd = this.nowSample;
    else if (spoke) this.#speechEnd = this.#gate.silentSinceSample;
    if (!this.started) {
      this.#reportSilence();
      return;
    }
    this.#handOn(LIVE_PART_MS);
    this.#reportSoFar();
    this.#checkCap();
    this.#checkPause();
    this.#checkEnd();
  }

  /**
   * Call this when the user has talked over the reply since `onsetSample`. `bargeIn` is false if only the last echo was
   * still audible.
   */
  interrupt(onsetSample: number, bargeIn: boolean): void {
    if (this.#ended) return;
    const onset = Math.max(onsetSample, this.#history.startSample);
    if (bargeIn && !this.#bargeIn) {
      this.#bargeIn = { onset, reported: this.nowSample, soFar: 0 };
      this.emit({ type: 'barge_in', turnId: this.turn.turnId, atMs: samplesToMs(onset) });
    }
    if (this.started) return;
    this.#gate.force(onset);
    this.#speechConfirmed();
    this.#speechEnd = this.nowSample;
  }

  /** Call this when a new reply begins. Each reply can be interrupted once. */
  rearm(): void {
    this.#bargeIn = undefined;
  }

  /** `tail` is the remaining audio, shorter than a window. */
  finish(tail: Int16Array): void {
    if (this.#ended) return;
    this.#history.push(tail, 0);
    // In push to talk, even a very short word is speech, because the user held the button on purpose.
    if (this.turn.mode === 'manual' && this.#gate.undecided) {
      this.#gate.force(this.#gate.onsetSample);
      this.#speechConfirmed();
      this.#speechEnd = this.nowSample;
    }
    if (this.#pieceStart !== undefined && !this.#sent) this.#sendPiece(this.nowSample, true);
    this.#end('stopped');
  }

  #speechConfirmed(): void {
    const { turnId } = this.turn;
    const onset = this.#gate.onsetSample;
    const atMs = samplesToMs(onset);
    if (this.#startSample === undefined) {
      this.#startSample = onset;
      this.emit({ type: 'speech_started', turnId, atMs });
    } else if (this.#sent) {
      const commits = this.#isPlaceToCut(onset) ? this.#pieceIndex : undefined;
      this.emit({ type: 'speech_resumed', turnId, atMs, ...(commits !== undefined && { commits }) });
      // The user continued although the sentence seemed to be over. The next words decide about the next pause.
      this.#endpointSamples = msToSamples(this.turn.endpointSilenceMs);
      if (commits !== undefined) this.#commit(this.#sentEnd);
    }
    this.#sent = false;
    if (this.#pieceStart === undefined) {
      this.#pieceStart = Math.max(
        this.#boundary,
        onset - msToSamples(this.options.preRollMs),
        this.#history.startSample,
      );
      this.#history.dropBefore(this.#pieceStart);
      this.#handedOn = this.#pieceStart;
    }
    this.#pieceSpeech += this.#history.voicedSince(onset, this.options.negThreshold);
  }

  #isPlaceToCut(onset: number): boolean {
    const { commitAfterMs, commitSilenceMs, quantumMs } = this.options;
    if (this.#pieceSpeech <= msToSamples(commitAfterMs)) return false;
    return onset >= this.#speechEnd + msToSamples(commitSilenceMs) || this.#pieceSpeech > msToSamples(quantumMs);
  }

  #reportSilence(): void {
    const { preRollMs, minSpeechMs, stillSilentMs } = this.options;
    // Keeps the pre-roll of a sound that may become speech.
    const keepFrom = this.#gate.undecided ? this.#gate.onsetSample : this.nowSample - msToSamples(minSpeechMs);
    this.#history.dropBefore(keepFrom - msToSamples(preRollMs));
    if (this.#gate.undecided || this.nowSample < this.#nextSilenceReport) return;
    this.emit({ type: 'still_silent', turnId: this.turn.turnId, atMs: samplesToMs(this.nowSample) });
    this.#nextSilenceReport = this.nowSample + msToSamples(stillSilentMs);
  }

  #checkCap(): void {
    const { maxSegmentMs, maxUtteranceMs, negThreshold } = this.options;
    if (this.#pieceStart !== undefined && this.nowSample - this.#pieceStart >= msToSamples(maxSegmentMs)) {
      if (this.#sent) {
        // The piece was sent at the present pause, and becomes final as it was sent.
        this.#sendPiece(Math.min(this.nowSample, this.#speechEnd + this.#pieceSilence), true);
      } else {
        const quietest = this.#history.quietestEnd(this.#pieceStart + msToSamples(maxSegmentMs * CUT_SEARCH_SHARE));
        // Audio that was reported as part of this piece must not be reported again in the next one.
        const cut = this.turn.live === true ? this.nowSample : quietest;
        this.#sendPiece(cut, true);
        const speechAfterCut = this.#history.voicedSince(cut, negThreshold);
        if (speechAfterCut > 0 || this.#gate.speaking) {
          this.#pieceStart = cut;
          this.#handedOn = cut;
          this.#pieceSpeech = speechAfterCut;
        }
      }
    }
    if (this.#startSample !== undefined && this.nowSample - this.#startSample >= msToSamples(maxUtteranceMs)) {
      if (this.#pieceStart !== undefined && !this.#sent) this.#sendPiece(this.nowSample, true);
      this.#end('cap');
    }
  }

  /** Returns 0 before the first speech, and while speech continues or may be continuing. */
  #silenceSamples(): number {
    if (this.#gate.speaking || this.#gate.undecided || !this.started) return 0;
    return this.nowSample - this.#gate.silentSinceSample;
  }

  #checkPause(): void {
    if (this.#ended) return;
    if (this.#pieceStart === undefined) {
      this.#trimPause();
      return;
    }
    if (this.#sent || this.#silenceSamples() < this.#pieceSilence) return;
    this.#sendPiece(this.nowSample, false);
  }

  #trimPause(): void {
    const from = this.#gate.undecided ? this.#gate.onsetSample : this.nowSample - msToSamples(this.options.minResumeMs);
    this.#history.dropBefore(from - msToSamples(this.options.preRollMs));
  }

  #checkEnd(): void {
    if (this.#ended || !this.started) return;
    const silence = this.#silenceSamples();
    if (silence === 0 || silence < this.#endpointSamples) return;
    if (this.#pieceStart !== undefined && !this.#sent) this.#sendPiece(this.nowSample, false);
    this.#end('silence');
  }

  /** In a live turn, reports the new audio of the current piece if there is at least `leastMs` of it. */
  #handOn(leastMs: number): void {
    if (this.turn.live !== true || this.#pieceStart === undefined) return;
    // A sound in a pause may begin the next piece, so it is not reported yet.
    const onset = this.#sent && this.#gate.undecided ? this.#gate.onsetSample : Infinity;
    const upTo = Math.min(this.nowSample, onset);
    if (upTo - this.#handedOn < Math.max(1, msToSamples(leastMs))) return;
    const pcm = this.#history.slice(this.#handedOn, upTo);
    this.#handedOn = upTo;
    this.emit({ type: 'audio', turnId: this.turn.turnId, index: this.#pieceIndex, pcm });
  }

  #reportSoFar(): void {
    const bargeIn = this.#bargeIn;
    if (!bargeIn || this.#sent || this.#pieceStart === undefined || !this.#gate.speaking) return;
    const dueMs = SO_FAR_MS[bargeIn.soFar] ?? Infinity;
    const sinceMs = samplesToMs(this.nowSample - bargeIn.reported);
    if (sinceMs < dueMs) return;
    bargeIn.soFar = SO_FAR_MS.filter((ms) => ms <= sinceMs).length;
    const start = Math.max(this.#pieceStart, bargeIn.onset - msToSamples(this.options.preRollMs));
    this.emit({
      type: 'speech_so_far',
      turnId: this.turn.turnId,
      pcm: this.#history.slice(start, this.nowSample),
      voice: this.#history.voice(start, this.nowSample, this.options.negThreshold),
    });
  }

  #sendPiece(endSample: number, committed: boolean): void {
    this.#handOn(0);
    const start = this.#pieceStart ?? this.#boundary;
    this.emit({
      type: 'piece',
      turnId: this.turn.turnId,
      index: this.#pieceIndex,
      revision: this.#revision,
      pcm: this.#history.slice(start, endSample),
      startMs: samplesToMs(start),
      endMs: samplesToMs(endSample),
      committed,
      voice: this.#history.voice(start, endSample, this.options.negThreshold),
    });
    this.#lastRevision = this.#revision;
    this.#sent = true;
    this.#sentEnd = endSample;
    if (committed) this.#commit(endSample);
    else this.#revision += 1;
  }

  /** Makes the audio before `endSample` final. Later audio belongs to the next piece. */
  #commit(endSample: number): void {
    this.#pieceIndex += 1;
    this.#revision = 0;
    this.#boundary = endSample;
    this.#pieceStart = undefined;
    this.#pieceSpeech = 0;
    this.#sent = false;
    this.#history.dropBefore(endSample);
  }

  #end(reason: 'silence' | 'stopped' | 'cap'): void {
    this.#ended = true;
    const open = this.#pieceStart !== undefined;
    this.emit({
      type: 'utterance_ended',
      turnId: this.turn.turnId,
      pieces: this.#pieceIndex + (open ? 1 : 0),
      lastRevision: this.#lastRevision,
      reason,
      speechEndMs: samplesToMs(this.#speechEnd),
      decidedMs: samplesToMs(this.nowSample),
    });
    this.#history.dropBefore(this.nowSample - msToSamples(this.options.preRollMs));
  }
}
