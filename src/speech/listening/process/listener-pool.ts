import { type Clock, type Scope, sleep } from '../../../core/index.js';
import type { VadDetector } from '../../../providers/vad/vad-port.js';
import { DeviceListener, type ListenerCounters, type PendingWindow } from './device-listener.js';
import {
  type ControlOp,
  type ListeningReport,
  type StreamEvent,
  type ListeningInit,
  type Tick,
  eachPacket,
} from '../protocol.js';

/** All streams of the listening process. In each round, the detector analyses at most one window of every stream. */
export class ListenerPool {
  readonly #listeners = new Map<number, DeviceListener>();
  readonly #counters: ListenerCounters = { droppedPackets: 0, opusErrors: 0 };
  #vadWindows = 0;
  #events: StreamEvent[] = [];
  #pumping = false;

  constructor(
    private readonly detector: VadDetector,
    private readonly init: ListeningInit,
    private readonly clock: Clock,
    private readonly scope: Scope,
    private readonly tell: (heard: ListeningReport) => void,
  ) {}

  /** Returns before the audio is analysed, which is done in rounds. */
  tick(tick: Tick): void {
    for (const control of tick.controls) this.#control(control);
    // The packets are views. They may be kept, because each message has its own bytes.
    eachPacket(tick, (stream, reference, packet) => this.#listeners.get(stream)?.push(packet, reference));
    this.#pump();
  }

  #control(control: ControlOp): void {
    if (control.op === 'close') {
      this.#listeners.delete(control.stream);
      return;
    }
    const listener = this.#listener(control.stream);
    switch (control.op) {
      case 'begin':
        listener.begin(control, control.waitingPackets, control.continues);
        break;
      case 'require_silence':
        listener.requireSilence(control.turnId, control.silenceMs);
        break;
      case 'finish':
        // Frames may still be on their way when the button is released (docs/protocol.md, checklist 38).
        this.clock.after(this.init.finishGraceMs, () => {
          listener.finish(control.turnId);
          this.#pump();
        });
        break;
      case 'end':
        listener.end();
        break;
      case 'playback_started':
        listener.playbackStarted();
        break;
      case 'playback_stopped':
        listener.playbackStopped();
        break;
    }
  }

  #listener(stream: number): DeviceListener {
    const known = this.#listeners.get(stream);
    if (known) return known;
    const listener = new DeviceListener(
      {
        utterance: this.init.utterance,
        queuePackets: this.init.queuePackets,
        windowSamples: this.detector.windowSamples,
        createVadStream: () => this.detector.createStream(),
        emit: (event, packets) => this.#events.push({ stream, event, packets }),
      },
      this.#counters,
    );
    this.#listeners.set(stream, listener);
    return listener;
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.scope.fork('rounds', async (signal) => {
      try {
        while (await this.#slice()) await sleep(this.clock, 0, signal);
      } finally {
        this.#pumping = false;
      }
    });
  }

  /** Returns true if the limits for one tick were reached before all windows were analysed. */
  async #slice(): Promise<boolean> {
    const { windowsPerTick, tickBudgetMs } = this.init;
    const untilMs = this.clock.nowMs() + tickBudgetMs;
    let more = true;
    for (let round = 0; more && round < windowsPerTick && this.clock.nowMs() < untilMs; round++) {
      const pending: PendingWindow[] = [];
      more = false;
      for (const listener of this.#listeners.values()) {
        const window = listener.nextWindow(windowsPerTick);
        if (window) pending.push(window);
        more ||= window !== undefined || listener.busy;
      }
      if (pending.length === 0) continue;
      const probabilities = await this.detector.detect(pending);
      this.#vadWindows += pending.length;
      for (const [i, window] of pending.entries()) window.listener.heard(window, probabilities[i] ?? 0);
    }
    this.#report();
    return more;
  }

  #report(): void {
    const { droppedPackets, opusErrors } = this.#counters;
    const vadWindows = this.#vadWindows;
    if (this.#events.length + droppedPackets + opusErrors + vadWindows === 0) return;
    // The number of analysed windows is reported together with the next event or error, or when it reaches 500.
    if (this.#events.length === 0 && vadWindows < 500 && droppedPackets + opusErrors === 0) return;
    this.tell({ events: this.#events, stats: { droppedPackets, opusErrors, vadWindows } });
    this.#events = [];
    this.#counters.droppedPackets = 0;
    this.#counters.opusErrors = 0;
    this.#vadWindows = 0;
  }
}
