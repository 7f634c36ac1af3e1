import { MINUTE_MS, ChorusError, sleep, type Clock, type TimerHandle } from '../../core/index.js';
import type { Framing } from '../../device/protocol/index.js';
import type { ChannelOptions, DeviceChannel } from './channel.js';
import type { Clip } from './clip.js';
import { Connecting } from './connecting.js';
import type { DeviceEvent } from './device-model.js';
import { firmwareWithQueue, fleetDeviceId, fleetIdentity } from './identity.js';
import { ClipMicrophone } from './microphone.js';
import type { FleetOptions } from './run-options.js';
import type { FleetDevice, FleetTurn } from './run-result.js';
import { plannedEndMs, punctualTurnMs, type DevicePlan, type PlannedTurn } from './schedule.js';
import { SimulatedDevice } from './simulated-device.js';
import { hundredths, percentile } from '../statistics.js';
import { turnOf, turnWithout, type TurnPlace } from './turn-of.js';
import { isAnswered, isExcuse, LEAD_FROM_PACKET } from './device-turn.js';
import type { Violation } from './violation.js';

/** Connects devices to the server, directly or through a bad link. Tests replace it with a server in memory. */
export interface FleetTransport {
  /** Makes the address of the WebSocket known to the device. Errors: `device.*`. */
  boot(device: SimulatedDevice, signal: AbortSignal): Promise<void>;
  readonly openChannel?: (options: ChannelOptions) => DeviceChannel;
}

export interface FleetDeviceOptions {
  readonly run: FleetOptions;
  readonly plan: DevicePlan;
  readonly clock: Clock;
  /** `Clock.nowMs` at the beginning of the run. */
  readonly zeroMs: number;
  readonly transport: FleetTransport;
  readonly room: Clip;
  readonly onTurn: (turn: FleetTurn) => void;
  readonly onGap: () => void;
  /** Longest delay of the fleet's own event loop between the two moments. 0 if no delay was long enough to matter. */
  readonly standstillMs: (fromMs: number, toMs: number) => number;
  readonly onOverflow: () => void;
  readonly onSent: (latenessMs: number) => void;
}

const BOOT_AGAIN_MS = 10_000;
/** Time from the last sound to an open microphone: one frame, 120 ms of warm-up, and a margin. */
const SETTLE_MS = 250;
/**
 * A turn that was due before the end of the run may still begin this long after the end. With ninety devices, which
 * are usually 50 ms late, this happens in one run in three.
 */
const LATE_AT_THE_END_MS = 1000;
/** Interval at which a device checks its connection in the scenarios `silent` and `idle`. */
const IDLE_CHECK_MS = 5000;
const VIOLATIONS_KEPT = 20;

export class PlannedDevice {
  readonly device: SimulatedDevice;
  readonly queuePackets: number;
  readonly framing: Framing;
  readonly #connecting: Connecting;
  #otaMs: number | undefined;
  #unasked = 0;
  #error: string | undefined;
  readonly #violations: Violation[] = [];
  readonly #turns: FleetTurn[] = [];
  #bargeIn: { readonly plan: NonNullable<PlannedTurn['bargeIn']>; timer: TimerHandle | undefined } | undefined;
  #leadMinMs: number | undefined;
  #replyPackets = 0;

  constructor(private readonly options: FleetDeviceOptions) {
    const { run, plan, clock, transport } = options;
    this.queuePackets = run.queues[plan.device % run.queues.length] ?? 40;
    this.framing = run.framings[plan.device % run.framings.length] ?? 1;
    this.device = new SimulatedDevice({
      otaUrl: run.otaUrl,
      identity: fleetIdentity((run.firstDevice ?? 0) + plan.device, run.language, firmwareWithQueue(this.queuePackets)),
      clock,
      queuePackets: this.queuePackets,
      framing: this.framing,
      microphone: new ClipMicrophone(options.room),
      ...(run.localToken !== undefined && { localToken: run.localToken }),
      ...(transport.openChannel && { openChannel: transport.openChannel }),
      onEvent: (event) => this.#onEvent(event),
      onPlayed: (_packet, startMs) => this.#onPlayed(startMs),
      onGap: options.onGap,
      onSent: options.onSent,
    });
    this.#connecting = new Connecting(this.device, { clock, pushToTalk: run.scenario === 'idle' });
  }

  /** Resolves when the plan is done. Rejects only with the signal's reason. */
  async run(signal: AbortSignal): Promise<void> {
    const { plan, run } = this.options;
    await this.#until(plan.bootAt, signal);
    if (!(await this.#boot(signal))) {
      for (const turn of plan.turns) this.#record(turnWithout(this.#place(turn, turn.plannedAt), 'refused'));
      return;
    }
    if (plan.connectAt !== undefined) {
      await this.#until(plan.connectAt, signal);
      await this.#connecting.connect(this.#endMs, signal);
    }
    if (run.scenario === 'silent' || run.scenario === 'idle') await this.#sit(signal);
    let punctualAt = -Infinity;
    for (const turn of plan.turns) {
      const dueAt = Math.max(turn.plannedAt, punctualAt);
      if (dueAt >= plannedEndMs(run)) break;
      await this.#until(dueAt, signal);
      const record = await this.#turn(turn, dueAt, signal);
      this.#record(record);
      punctualAt = dueAt + punctualTurnMs(turn, run.conversation, record.replyMs) + SETTLE_MS;
    }
  }

  /** `leadMinMs` is the least sound buffered in the device since the last call. */
  sample(nowMs: number): {
    readonly connected: boolean;
    readonly phase: ReturnType<SimulatedDevice['phase']>;
    readonly leadMinMs: number | undefined;
  } {
    if (this.device.stuckForMs(nowMs) > this.options.run.stuckAfterMs) this.device.giveUp();
    const leadMinMs = this.#leadMinMs;
    this.#leadMinMs = undefined;
    return { connected: this.device.model.connected, phase: this.device.phase(nowMs), leadMinMs };
  }

  summary(countedMs: number): FleetDevice {
    const { run, plan } = this.options;
    const { helloMs, connections, lost } = this.#connecting;
    const counted = this.#turns.filter(({ warmup }) => !warmup);
    const sounds = counted.filter((turn) => !isExcuse(turn)).flatMap(({ firstSoundMs }) => firstSoundMs ?? []);
    const finished = counted.filter(isAnswered).length;
    return {
      device: plan.device,
      deviceId: fleetDeviceId((run.firstDevice ?? 0) + plan.device),
      queuePackets: this.queuePackets,
      framing: this.framing,
      ...(this.#otaMs !== undefined && { otaMs: hundredths(this.#otaMs) }),
      ...(helloMs !== undefined && { helloMs: hundredths(helloMs) }),
      connections,
      lostConnections: lost,
      turns: counted.length,
      complete: counted.filter(({ complete }) => complete).length,
      turnsPerMinute: countedMs > 0 ? hundredths((finished * MINUTE_MS) / countedMs) : 0,
      ...(sounds.length > 0 && { medianFirstSoundMs: hundredths(percentile(sounds, 0.5)) }),
      unasked: this.#unasked,
      ...(this.#error !== undefined && { error: this.#error }),
      ...(this.#violations.length > 0 && {
        violations: this.#violations.map(({ kind, detail }) => ({ kind, detail })),
      }),
    };
  }

  close(): void {
    this.#bargeIn?.timer?.cancel();
    this.#connecting.close();
    this.#keep(this.device.model.judge.drain());
  }

  async #turn(turn: PlannedTurn, dueAt: number, signal: AbortSignal): Promise<FleetTurn> {
    const { clock, run } = this.options;
    this.#keep(this.device.model.judge.drain());
    const place = this.#place(turn, dueAt);
    if (this.#nowMs() >= plannedEndMs(run) + LATE_AT_THE_END_MS) return turnWithout(place, 'not_started');
    const connecting = !this.device.model.connected;
    const connectTries = connecting ? await this.#connecting.connect(clock.nowMs() + run.answerTimeoutMs, signal) : 0;
    const { lastHelloMs } = this.#connecting;
    const connection = connecting
      ? { connectTries, ...(lastHelloMs !== undefined && { helloMs: hundredths(lastHelloMs) }) }
      : {};
    if (!this.device.model.connected) return turnWithout({ ...place, ...connection }, 'refused');
    const bargeIn = turn.bargeIn ? { plan: turn.bargeIn, timer: undefined } : undefined;
    this.#bargeIn = bargeIn;
    try {
      const record = await this.device.say(turn.utterance.clip, {
        begin: 'click',
        answerTimeoutMs: run.answerTimeoutMs,
      });
      // The record already contains these violations, so they must not be reported again.
      this.device.model.judge.drain();
      // If a reply never ends, the person gives up and starts again.
      if (turn.hangsUp || record.outcome === 'unfinished') this.#connecting.hangUp();
      const frameMs = this.device.model.playback.frameMs;
      const standstillMs = this.options.standstillMs(record.speechEndAtMs, clock.nowMs());
      return turnOf(
        { ...place, ...connection, ...(standstillMs > 0 && { standstillMs: hundredths(standstillMs) }) },
        record,
        {
          zeroMs: this.options.zeroMs,
          frameMs,
          clip: turn.utterance.clip,
          text: turn.utterance.text,
          bargeInBy: turn.bargeIn?.by,
        },
      );
    } catch (error) {
      if (!(error instanceof ChorusError)) throw error;
      return turnWithout({ ...place, ...connection, startedAt: clock.nowMs() - this.options.zeroMs }, 'closed');
    } finally {
      this.#bargeIn?.timer?.cancel();
      this.#bargeIn = undefined;
      signal.throwIfAborted();
    }
  }

  async #boot(signal: AbortSignal): Promise<boolean> {
    const { transport, run } = this.options;
    const fromMs = this.#nowMs();
    for (;;) {
      try {
        await transport.boot(this.device, signal);
        this.#otaMs = this.#nowMs() - fromMs;
        this.#keep(this.device.violations);
        return true;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ChorusError)) throw error;
        this.#error = `${error.code}: ${error.message}`;
        if (this.#nowMs() + BOOT_AGAIN_MS > plannedEndMs(run)) return false;
        await sleep(this.options.clock, BOOT_AGAIN_MS, signal);
      }
    }
  }

  /** Stays connected and silent. Connects again when the server closes the connection. */
  async #sit(signal: AbortSignal): Promise<void> {
    while (this.#nowMs() < plannedEndMs(this.options.run)) {
      await sleep(this.options.clock, Math.min(IDLE_CHECK_MS, plannedEndMs(this.options.run) - this.#nowMs()), signal);
      if (!this.device.model.connected) await this.#connecting.connect(this.#endMs, signal);
    }
  }

  #onEvent(event: DeviceEvent): void {
    this.#connecting.event(event);
    switch (event.type) {
      case 'tts_start':
        this.#replyPackets = 0;
        if (this.device.phase(event.atMs) === undefined) this.#unasked += 1;
        break;
      case 'packet':
        if (event.lost === 'overflow') this.options.onOverflow();
        this.#replyPackets += 1;
        if (event.leadMs !== undefined && this.#replyPackets > LEAD_FROM_PACKET)
          this.#leadMinMs = Math.min(this.#leadMinMs ?? Infinity, event.leadMs);
        break;
      default:
        break;
    }
  }

  #onPlayed(startMs: number): void {
    const bargeIn = this.#bargeIn;
    if (!bargeIn || bargeIn.timer || this.device.phase(startMs) !== 'playing') return;
    bargeIn.timer = this.options.clock.after(startMs + bargeIn.plan.afterMs - this.options.clock.nowMs(), () => {
      // The reply may have ended by now.
      if (this.device.state !== 'speaking') return;
      if (bargeIn.plan.by === 'click') this.device.click();
      else this.device.wakeWord('hey chorus');
    });
  }

  #record(turn: FleetTurn): void {
    this.#turns.push(turn);
    this.options.onTurn(turn);
  }

  #place(turn: PlannedTurn, dueAt: number): TurnPlace {
    const { plan, run } = this.options;
    return {
      device: plan.device,
      turn: turn.turn,
      warmup: dueAt < run.warmupMs,
      plannedAt: hundredths(turn.plannedAt),
      dueAt: hundredths(dueAt),
      speech: turn.utterance.name,
      speechMs: turn.utterance.speechMs,
    };
  }

  #keep(violations: readonly Violation[]): void {
    this.#violations.push(...violations.slice(0, VIOLATIONS_KEPT - this.#violations.length));
  }

  get #endMs(): number {
    return this.options.zeroMs + plannedEndMs(this.options.run);
  }

  #nowMs(): number {
    return this.options.clock.nowMs() - this.options.zeroMs;
  }

  async #until(atMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const waitMs = atMs - this.#nowMs();
    if (waitMs > 0) await sleep(this.options.clock, waitMs, signal);
  }
}
