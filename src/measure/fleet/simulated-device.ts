import { ChorusError, type Clock, type TimerHandle } from '../../core/index.js';
import type { Framing } from '../../device/protocol/index.js';
import type { WavSound } from '../../audio/index.js';
import { Channel, type ChannelOptions, type DeviceChannel } from './channel.js';
import { Capture } from './capture.js';
import { UPLINK_FRAME_MS, type Clip } from './clip.js';
import { DeviceModel, type DeviceEvent, type DeviceState } from './device-model.js';
import { DeviceMcp, standardTools, type DeviceSettings, type DeviceTool } from './mcp-server.js';
import { ClipMicrophone, type Microphone } from './microphone.js';
import { activate, askOta, type DeviceIdentityClaim, type OtaOptions } from './ota-client.js';
import { PlayedAudio } from './played-audio.js';
import { SaidTurn, type SayOptions } from './said-turn.js';
import type { DeviceTurn } from './device-turn.js';
import type { Violation } from './violation.js';
import { fleetWords } from './words.js';

export interface SimulatedDeviceOptions {
  readonly otaUrl: string;
  readonly identity: DeviceIdentityClaim;
  readonly clock: Clock;
  readonly framing?: Framing;
  /** Packets that the decode queue takes: 40 (firmware 1.6-2.4), 20 (newer small boards), 5 (before 1.6). */
  readonly queuePackets?: number;
  /** True for a build with echo cancellation, which talks in realtime mode. */
  readonly aec?: boolean;
  /** False if the firmware is older than MCP. */
  readonly mcp?: boolean;
  readonly extraTools?: readonly DeviceTool[];
  readonly microphone?: Microphone;
  /** True if played sound is decoded and kept. Fleets leave this off, because decoding costs CPU. */
  readonly keepAudio?: boolean;
  readonly localToken?: string;
  /** Replaces the WebSocket in tests. */
  readonly openChannel?: (options: ChannelOptions) => DeviceChannel;
  readonly onEvent?: (event: DeviceEvent) => void;
  readonly onPlayed?: (packet: Uint8Array, startMs: number) => void;
  readonly onGap?: (startMs: number, gapMs: number) => void;
  /** Called when a frame has left, with its lateness by the device's clock. */
  readonly onSent?: (latenessMs: number) => void;
  readonly onPairingCode?: (code: string, message: string) => void;
}

/** docs/protocol.md 2.2. */
const HELLO_TIMEOUT_MS = 10_000;
const DOWNLINK_RATE_HZ = 24_000;

/**
 * A xiaozhi device in software, with the firmware's state machine and buffers. Every timer uses the given clock. An
 * idle device has no timer.
 */
export class SimulatedDevice {
  readonly model: DeviceModel;
  readonly mcp: DeviceMcp | undefined;
  readonly settings: DeviceSettings = { volume: 70, brightness: 75, theme: 'light' };
  readonly #microphone: Microphone;
  readonly #audio: PlayedAudio | undefined;
  readonly #clock: Clock;
  #address: { readonly url: string; readonly token: string } | undefined;
  #otaViolations: readonly Violation[] = [];
  #channel: DeviceChannel | undefined;
  #helloTimer: TimerHandle | undefined;
  #tickTimer: TimerHandle | undefined;
  readonly #capture: Capture;
  /** `reject` tells the caller of `say` that no connection could be made. */
  #turn: { readonly said: SaidTurn; readonly reject: (error: Error) => void } | undefined;
  #closed = false;

  constructor(private readonly options: SimulatedDeviceOptions) {
    this.#clock = options.clock;
    this.#microphone = options.microphone ?? new ClipMicrophone();
    this.#audio = options.keepAudio ? new PlayedAudio(DOWNLINK_RATE_HZ) : undefined;
    if (options.mcp !== false) {
      this.mcp = new DeviceMcp([...standardTools(this.settings), ...(options.extraTools ?? [])], {
        name: options.identity.board,
        version: options.identity.firmwareVersion,
      });
    }
    this.#capture = new Capture({
      clock: options.clock,
      isOn: () => this.model.microphoneFromMs !== undefined,
      onFrame: (startMs, nowMs) => {
        this.model.microphone(this.#microphone.frame(startMs), nowMs);
        options.onSent?.(nowMs - startMs - UPLINK_FRAME_MS);
      },
    });
    this.model = new DeviceModel({
      framing: options.framing ?? 1,
      queuePackets: options.queuePackets ?? 40,
      aec: options.aec ?? false,
      mcp: this.mcp,
      port: {
        openChannel: () => this.#open(),
        closeChannel: () => this.#dropChannel(),
        sendText: (text) => this.#channel?.sendText(text),
        sendBinary: (message) => this.#channel?.sendBinary(message),
      },
      onEvent: (event) => this.#onEvent(event),
      onPlayed: (packet, startMs) => this.#onPlayed(packet, startMs),
      onGap: (startMs, gapMs) => {
        this.#turn?.said.gap(startMs, gapMs);
        this.options.onGap?.(startMs, gapMs);
      },
    });
  }

  get state(): DeviceState {
    return this.model.state;
  }

  get violations(): readonly Violation[] {
    return [...this.#otaViolations, ...this.model.judge.violations];
  }

  /** Sound played since the last call. Only available with `keepAudio`. */
  takeAudio(): WavSound | undefined {
    this.model.playback.advance(this.#clock.nowMs());
    return this.#audio?.take();
  }

  /** Sends the OTA request, and pairs if the server asks for it. Errors: `device.*`; the signal's reason. */
  async boot(signal: AbortSignal): Promise<void> {
    const { otaUrl: url, identity, clock, localToken } = this.options;
    const ota: OtaOptions = { url, identity, clock, ...(localToken !== undefined && { localToken }) };
    let reply = await askOta(ota, signal);
    if (reply.activation)
      reply = await activate(ota, reply, (code, message) => this.options.onPairingCode?.(code, message), signal);
    this.#otaViolations = reply.violations;
    if (!reply.websocket)
      throw new ChorusError('device.refused', `${url} names no WebSocket address; this device has no other transport`, {
        details: { url },
      });
    this.#address = reply.websocket;
  }

  /** Address of the device's WebSocket. Undefined before the device has booted. */
  get address(): { readonly url: string; readonly token: string } | undefined {
    return this.#address;
  }

  /** Sets the address without an OTA request. */
  useAddress(url: string, token: string): void {
    this.#address = { url, token };
  }

  /**
   * Says the clip into the microphone. Resolves when the answer has been played or failed to come. On an idle device,
   * the person first presses the button or says the wake word. A speaking device is interrupted. In realtime mode with
   * `click`, speech alone interrupts. Rejects with `device.*` if no connection could be made.
   */
  say(clip: Clip, options: SayOptions): Promise<DeviceTurn> {
    if (this.#turn) return Promise.reject(new Error('one turn at a time'));
    return new Promise((resolve, reject) => {
      const said = new SaidTurn(
        clip,
        options,
        { clock: this.#clock, model: this.model, microphone: this.#microphone, release: () => this.release() },
        (record) => {
          this.#turn = undefined;
          resolve(record);
        },
      );
      this.#turn = { said, reject };
      this.#begin(options);
      if (this.model.microphoneFromMs !== undefined)
        this.#turn?.said.speak(Math.max(this.model.microphoneFromMs, this.#capture.nextBorderMs));
    });
  }

  click(): void {
    this.#act((nowMs) => this.model.click(nowMs));
  }

  press(): void {
    this.#act((nowMs) => this.model.press(nowMs));
  }

  release(): void {
    this.#act((nowMs) => this.model.release(nowMs));
  }

  wakeWord(text: string): void {
    // Silence that fills the two seconds of the ring buffer.
    const burst = Array.from({ length: 33 }, () => Uint8Array.of(0x58, 0xff, 0xfe));
    this.#act((nowMs) => this.model.wakeWord(text, burst, nowMs));
  }

  hangUp(): void {
    this.#act((nowMs) => this.model.hangUp(nowMs));
  }

  /** Returns undefined if nobody has begun to speak. */
  phase(nowMs: number): 'talking' | 'waiting' | 'playing' | undefined {
    return this.#turn?.said.phase(nowMs);
  }

  /** Time since an unfinished reply's last message or, if later, the end of its sound. 0 if no reply is unfinished. */
  stuckForMs(nowMs: number): number {
    return this.#turn?.said.stuckForMs(nowMs) ?? 0;
  }

  /** Ends the current turn in its current state. */
  giveUp(): void {
    this.#turn?.said.finish();
  }

  stall(): void {
    this.#channel?.stall();
  }

  resume(): void {
    this.#channel?.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.model.hangUp(this.#clock.nowMs());
    this.#closed = true;
    this.#dropChannel();
    this.#tickTimer?.cancel();
    this.#capture.stop();
    this.#microphone.close();
  }

  #begin(options: SayOptions): void {
    const { state } = this.model;
    if (state === 'speaking' && this.model.mode === 'realtime' && options.begin === 'click') return;
    if (state === 'listening') return;
    if (options.begin === 'press') this.press();
    else if (options.begin === 'wake') this.wakeWord(options.wakeWord ?? '你好小智');
    else this.click();
  }

  #act(action: (nowMs: number) => void): void {
    if (this.#closed) return;
    const nowMs = this.#clock.nowMs();
    this.model.tick(nowMs);
    action(nowMs);
    this.#arm(nowMs);
  }

  #open(): void {
    if (!this.#address) {
      this.#failed(new ChorusError('device.refused', 'the device was not booted'));
      return;
    }
    const open = this.options.openChannel ?? ((options: ChannelOptions): DeviceChannel => new Channel(options));
    this.#channel = open({
      ...this.#address,
      framing: this.options.framing ?? 1,
      identity: this.options.identity,
      onOpen: () => {
        this.model.channelOpened();
        this.#helloTimer = this.#clock.after(HELLO_TIMEOUT_MS, () =>
          this.#failed(new ChorusError('device.refused', fleetWords.noHello)),
        );
      },
      onText: (text) => this.#act((nowMs) => this.model.text(text, nowMs)),
      onBinary: (message) => this.#act((nowMs) => this.model.binary(message, nowMs)),
      onClosed: (error) => {
        this.#channel = undefined;
        this.#helloTimer?.cancel();
        if (error) this.#failed(error);
        else this.#act((nowMs) => this.model.channelClosed(nowMs));
      },
    });
  }

  #dropChannel(): void {
    this.#helloTimer?.cancel();
    this.#channel?.drop();
    this.#channel = undefined;
  }

  #failed(error: ChorusError): void {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.said.drop();
    this.#dropChannel();
    this.#act((nowMs) => this.model.channelClosed(nowMs));
    turn?.reject(error);
  }

  #onEvent(event: DeviceEvent): void {
    this.#turn?.said.event(event);
    this.options.onEvent?.(event);
    switch (event.type) {
      case 'microphone':
        this.#capture.start(event.atMs);
        this.#turn?.said.speak(event.atMs);
        break;
      case 'state':
        if (event.state === 'listening') this.#helloTimer?.cancel();
        break;
      case 'closed':
        this.#turn?.said.finish(true);
        break;
      default:
        break;
    }
  }

  #onPlayed(packet: Uint8Array, startMs: number): void {
    this.#turn?.said.played(startMs);
    this.#audio?.add(packet, startMs);
    this.#microphone.played?.(packet, startMs);
    this.options.onPlayed?.(packet, startMs);
  }

  /** One timer serves all actions of the model. */
  #arm(nowMs: number): void {
    this.#tickTimer?.cancel();
    this.#tickTimer = undefined;
    const dueMs = this.model.nextDueMs(nowMs);
    if (dueMs !== undefined && !this.#closed)
      this.#tickTimer = this.#clock.after(dueMs - nowMs, () => this.#act(() => undefined));
  }
}
