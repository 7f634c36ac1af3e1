import type { Clock, TimerHandle } from '../../core/index.js';
import type { Clip } from './clip.js';
import type { DeviceEvent, DeviceModel } from './device-model.js';
import type { Microphone } from './microphone.js';
import { TurnRecorder, type DeviceTurn } from './device-turn.js';

export interface SayOptions {
  /** `click`: the button (auto, or realtime with aec). `press`: push-to-talk. `wake`: the wake word. */
  readonly begin: 'click' | 'press' | 'wake';
  readonly wakeWord?: string;
  /** The outcome is `no_answer` if no `tts start` comes within this time after the end of speech. */
  readonly answerTimeoutMs?: number;
  /** The outcome is `unfinished` if no `tts stop` comes within this time after `tts start`. */
  readonly replyTimeoutMs?: number;
}

export interface SaidTo {
  readonly clock: Clock;
  readonly model: DeviceModel;
  readonly microphone: Microphone;
  readonly release: () => void;
}

const RELEASE_AFTER_MS = 150;

export class SaidTurn {
  readonly #recorder = new TurnRecorder();
  readonly #violationsBefore: number;
  #timers: TimerHandle[] = [];
  #speaking = false;

  constructor(
    private readonly clip: Clip,
    private readonly options: SayOptions,
    private readonly to: SaidTo,
    /** Called with the record of the turn, unless the turn was dropped. */
    private readonly onEnd: (record: DeviceTurn) => void,
  ) {
    this.#violationsBefore = to.model.judge.violations.length;
  }

  /** `startMs` must be a frame boundary. Only the first call counts. */
  speak(startMs: number): void {
    if (this.#speaking) return;
    this.#speaking = true;
    const { clip, options } = this;
    const { clock, model, microphone, release } = this.to;
    microphone.say(clip, startMs);
    const endMs = startMs + clip.speechEndMs;
    this.#recorder.spoken({ startMs: startMs + clip.speechStartMs, endMs });
    const nowMs = clock.nowMs();
    if (model.mode === 'manual') {
      const releaseMs = Math.max(startMs + clip.durationMs, endMs + RELEASE_AFTER_MS);
      this.#timers.push(clock.after(releaseMs - nowMs, release));
    }
    this.#timers.push(
      clock.after(endMs - nowMs + (options.answerTimeoutMs ?? 30_000), () => !this.#recorder.replying && this.finish()),
    );
  }

  event(event: DeviceEvent): void {
    this.#recorder.event(event);
    const { clock, model } = this.to;
    if (event.type === 'tts_start' && this.#recorder.replying)
      this.#timers.push(clock.after(this.options.replyTimeoutMs ?? 120_000, () => this.finish()));
    if (event.type === 'tts_stop' && this.#recorder.answered) {
      const nowMs = clock.nowMs();
      this.#timers.push(clock.after(Math.max(0, model.playback.silentFromMs(nowMs) - nowMs), () => this.finish()));
    }
  }

  played(startMs: number): void {
    this.#recorder.played(startMs);
  }

  gap(startMs: number, gapMs: number): void {
    this.#recorder.gap(startMs, gapMs);
  }

  phase(nowMs: number): ReturnType<TurnRecorder['phase']> {
    return this.#recorder.phase(nowMs);
  }

  /** Time since an unfinished reply's last message or, if later, the end of its sound. 0 if no reply is unfinished. */
  stuckForMs(nowMs: number): number {
    const { replying, lastSignMs } = this.#recorder;
    if (!replying || lastSignMs === undefined) return 0;
    return nowMs - Math.max(lastSignMs, this.to.model.playback.silentFromMs(nowMs));
  }

  /** Ends the turn in its current state. */
  finish(closed = false): void {
    this.drop();
    const { clock, model } = this.to;
    this.onEnd(
      this.#recorder.finish(
        closed,
        model.playback.silentFromMs(clock.nowMs()),
        model.judge.violations.slice(this.#violationsBefore),
      ),
    );
  }

  /** Cancels the timers. If `finish` is not called, the turn leaves no record. */
  drop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}
