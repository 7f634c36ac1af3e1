import { encodeFrame, type Framing } from '../../device/protocol/index.js';
import { Judge } from './judge.js';
import type { DeviceMcp } from './mcp-server.js';
import { Playback } from './playback.js';

export type DeviceState = 'idle' | 'connecting' | 'listening' | 'speaking';
export type DeviceMode = 'auto' | 'manual' | 'realtime';

/** Actions that the model asks for. The object behind the port owns the socket. */
export interface DevicePort {
  openChannel(): void;
  /** Closes the TCP connection without a Close frame, as the firmware does. */
  closeChannel(): void;
  sendText(text: string): void;
  sendBinary(message: Uint8Array): void;
}

/**
 * Why the device dropped a packet. The decoder's buffer holds one declared frame, so a longer packet is `undecodable`.
 */
export type PacketLoss = 'no' | 'not_speaking' | 'overflow' | 'undecodable';

export type DeviceEvent =
  | { readonly type: 'state'; readonly state: DeviceState; readonly atMs: number }
  /** The microphone begins to send at `atMs`. */
  | { readonly type: 'microphone'; readonly atMs: number }
  | { readonly type: 'stt'; readonly text: string; readonly atMs: number }
  | { readonly type: 'tts_start' | 'tts_stop'; readonly atMs: number }
  | { readonly type: 'sentence'; readonly text: string; readonly atMs: number }
  | { readonly type: 'emotion'; readonly emotion: string; readonly atMs: number }
  | { readonly type: 'alert'; readonly status: string; readonly message: string; readonly atMs: number }
  /**
   * `leadMs` is the sound left in the device. It is negative after silence, and undefined for the first packet of a
   * reply.
   */
  | { readonly type: 'packet'; readonly atMs: number; readonly lost: PacketLoss; readonly leadMs: number | undefined }
  | { readonly type: 'abort'; readonly atMs: number }
  | { readonly type: 'closed'; readonly atMs: number };

export interface DeviceModelOptions {
  readonly framing: Framing;
  readonly queuePackets: number;
  /** True if the build has echo cancellation. Its conversations are in realtime mode. */
  readonly aec: boolean;
  /** Undefined if the firmware is older than MCP. */
  readonly mcp: DeviceMcp | undefined;
  readonly port: DevicePort;
  readonly onEvent: (event: DeviceEvent) => void;
  readonly onPlayed?: (packet: Uint8Array, startMs: number) => void;
  readonly onGap?: (startMs: number, gapMs: number) => void;
}

type PendingStart =
  | { readonly kind: 'talk'; readonly mode: DeviceMode }
  | { readonly kind: 'wake'; readonly text: string; readonly burst: readonly Uint8Array[]; readonly mode: DeviceMode };

/**
 * After `tts start`, the firmware's main task takes this long to flush the queue and enter speaking. Packets that
 * arrive before the flush are lost (docs/protocol.md 4.4).
 */
const SPEAKING_ENTRY_MS = 20;
/** docs/protocol.md 4.1. */
const MICROPHONE_WARM_UP_MS = 120;
/** Frames that are still in the encoder when push-to-talk ends. */
const TRAILING_FRAMES = 2;

/**
 * The firmware's conversation state machine (docs/protocol.md 3.3, 4.3). It takes the time as an argument and acts only
 * through its port.
 */
export class DeviceModel {
  readonly judge: Judge;
  readonly playback: Playback;
  #state: DeviceState = 'idle';
  #mode: DeviceMode = 'auto';
  #sessionId = '';
  #channel: 'closed' | 'opening' | 'open' = 'closed';
  #pending: PendingStart | undefined;
  /** Time at which the main task will enter speaking after a `tts start`. */
  #enterSpeakingMs: number | undefined;
  /** True if the device is listening, but its microphone stays off until the queue has been played. */
  #listenWhenSilent = false;
  #microphoneFromMs: number | undefined;
  #trailing = 0;

  constructor(private readonly options: DeviceModelOptions) {
    this.judge = new Judge(options.framing);
    this.playback = new Playback(options);
  }

  get state(): DeviceState {
    return this.#state;
  }

  get mode(): DeviceMode {
    return this.#mode;
  }

  get connected(): boolean {
    return this.#channel === 'open';
  }

  /** Time from which the microphone sends, which is in the future during its warm-up. Undefined means off. */
  get microphoneFromMs(): number | undefined {
    return this.#microphoneFromMs;
  }

  nextDueMs(nowMs: number): number | undefined {
    if (this.#enterSpeakingMs !== undefined) return this.#enterSpeakingMs;
    return this.#listenWhenSilent ? this.playback.silentFromMs(nowMs) : undefined;
  }

  tick(nowMs: number): void {
    this.playback.advance(nowMs);
    if (this.#enterSpeakingMs !== undefined && nowMs >= this.#enterSpeakingMs) this.#enterSpeaking(nowMs);
    if (this.#listenWhenSilent && nowMs >= this.playback.silentFromMs(nowMs)) this.#startMicrophone(nowMs);
  }

  /** `burst` is the audio of the wake word, at most 33 packets. */
  wakeWord(text: string, burst: readonly Uint8Array[], nowMs: number): void {
    const mode = this.#automaticMode;
    if (this.#state === 'idle') {
      this.#begin({ kind: 'wake', text, burst, mode }, nowMs);
    } else if (this.#state === 'speaking') {
      this.#abort(nowMs, 'wake_word_detected');
      this.#mode = mode;
      // In realtime mode, queued packets are dropped at once. In auto mode, they are played before the microphone
      // opens.
      if (mode === 'realtime') this.playback.flush(nowMs);
      this.#microphoneFromMs = undefined;
      this.#listen(nowMs);
    }
  }

  /** The button, or a touch: talk, hang up, or interrupt. */
  click(nowMs: number): void {
    if (this.#state === 'idle') this.#begin({ kind: 'talk', mode: this.#automaticMode }, nowMs);
    else if (this.#state === 'listening') this.#hangUp(nowMs);
    else if (this.#state === 'speaking') this.#abort(nowMs);
  }

  /** Push-to-talk was pressed. */
  press(nowMs: number): void {
    if (this.#state === 'idle') this.#begin({ kind: 'talk', mode: 'manual' }, nowMs);
    else if (this.#state === 'speaking') {
      this.#abort(nowMs);
      this.#mode = 'manual';
      this.#microphoneFromMs = undefined;
      this.playback.flush(nowMs);
      this.#listen(nowMs);
    }
  }

  release(nowMs: number): void {
    if (this.#state !== 'listening') return;
    this.#send({ type: 'listen', state: 'stop' });
    this.#trailing = this.#microphoneFromMs === undefined ? 0 : TRAILING_FRAMES;
    this.#microphoneFromMs = undefined;
    this.#listenWhenSilent = false;
    this.#enter('idle', nowMs);
  }

  hangUp(nowMs: number): void {
    this.#hangUp(nowMs);
  }

  /** Takes one 60 ms packet from the encoder. Sends it if the microphone is on, or push-to-talk has just ended. */
  microphone(packet: Uint8Array, nowMs: number): void {
    if (this.#channel !== 'open' || packet.byteLength === 0) return;
    if (this.#microphoneFromMs === undefined || nowMs < this.#microphoneFromMs) {
      if (this.#trailing === 0) return;
      this.#trailing -= 1;
    }
    this.options.port.sendBinary(encodeFrame(this.options.framing, packet, 0));
  }

  /** The server has accepted the WebSocket with status 101. */
  channelOpened(): void {
    this.options.port.sendText(
      JSON.stringify({
        type: 'hello',
        version: this.options.framing,
        features: { ...(this.options.aec && { aec: true }), ...(this.options.mcp && { mcp: true }), glyph_push: false },
        transport: 'websocket',
        audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
      }),
    );
  }

  /** The channel was closed by the server, was lost, or never opened. Sound that has arrived is still played. */
  channelClosed(nowMs: number): void {
    if (this.#channel === 'closed') return;
    this.#channel = 'closed';
    this.judge.channelClosed();
    this.#pending = undefined;
    this.#enterSpeakingMs = undefined;
    this.#listenWhenSilent = false;
    this.#microphoneFromMs = undefined;
    this.playback.endReply();
    this.#enter('idle', nowMs);
    this.options.onEvent({ type: 'closed', atMs: nowMs });
  }

  text(message: string, nowMs: number): void {
    this.tick(nowMs);
    const value = this.judge.text(message, nowMs);
    if (!value) return;
    switch (value['type']) {
      case 'hello':
        this.#hello(value, nowMs);
        break;
      case 'tts':
        this.#tts(value, nowMs);
        break;
      case 'stt':
        if (typeof value['text'] === 'string') this.options.onEvent({ type: 'stt', text: value['text'], atMs: nowMs });
        break;
      case 'llm':
        if (typeof value['emotion'] === 'string')
          this.options.onEvent({ type: 'emotion', emotion: value['emotion'], atMs: nowMs });
        break;
      case 'alert':
        this.options.onEvent({
          type: 'alert',
          status: String(value['status']),
          message: String(value['message']),
          atMs: nowMs,
        });
        break;
      case 'mcp': {
        const reply = this.options.mcp?.handle(value['payload']);
        if (reply !== undefined)
          this.options.port.sendText(`{"session_id":"${this.#sessionId}","type":"mcp","payload":${reply}}`);
        break;
      }
      default:
        break;
    }
  }

  binary(message: Uint8Array, nowMs: number): void {
    this.tick(nowMs);
    const frame = this.judge.binary(message, nowMs);
    if (!frame) return;
    const speaking = this.#state === 'speaking' && this.#enterSpeakingMs === undefined;
    const leadMs = this.playback.leadMs(nowMs);
    const decodable = frame.durationMs !== undefined && frame.durationMs <= this.playback.frameMs;
    const lost = !speaking
      ? 'not_speaking'
      : !decodable
        ? 'undecodable'
        : this.playback.push(frame.packet, nowMs)
          ? 'no'
          : 'overflow';
    this.options.onEvent({ type: 'packet', atMs: nowMs, lost, leadMs });
  }

  get #automaticMode(): DeviceMode {
    return this.options.aec ? 'realtime' : 'auto';
  }

  #begin(pending: PendingStart, nowMs: number): void {
    this.#pending = pending;
    if (this.#channel === 'open') {
      this.#fulfil(nowMs);
      return;
    }
    this.#channel = 'opening';
    this.#enter('connecting', nowMs);
    this.options.port.openChannel();
  }

  #hello(value: Readonly<Record<string, unknown>>, nowMs: number): void {
    if (value['transport'] !== 'websocket' || this.#channel !== 'opening') return;
    this.#channel = 'open';
    if (typeof value['session_id'] === 'string') this.#sessionId = value['session_id'];
    const audio = value['audio_params'] as { frame_duration?: unknown } | undefined;
    if (typeof audio?.frame_duration === 'number') this.playback.setFrameMs(audio.frame_duration);
    this.#fulfil(nowMs);
  }

  #fulfil(nowMs: number): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) {
      this.#enter('idle', nowMs);
      return;
    }
    if (pending.kind === 'wake') {
      for (const packet of pending.burst) this.options.port.sendBinary(encodeFrame(this.options.framing, packet, 0));
      this.#send({ type: 'listen', state: 'detect', text: pending.text });
    }
    this.#mode = pending.mode;
    this.#listen(nowMs);
  }

  #tts(value: Readonly<Record<string, unknown>>, nowMs: number): void {
    const { onEvent } = this.options;
    switch (value['state']) {
      case 'start':
        onEvent({ type: 'tts_start', atMs: nowMs });
        if (this.#state !== 'idle' && this.#state !== 'listening') return;
        this.#listenWhenSilent = false;
        this.#enterSpeakingMs = nowMs + SPEAKING_ENTRY_MS;
        this.#enter('speaking', nowMs);
        break;
      case 'stop':
        if (this.#state === 'speaking') this.#stopSpeaking(nowMs);
        onEvent({ type: 'tts_stop', atMs: nowMs });
        break;
      case 'sentence_start':
        if (typeof value['text'] === 'string') onEvent({ type: 'sentence', text: value['text'], atMs: nowMs });
        break;
      default:
        break;
    }
  }

  #enterSpeaking(nowMs: number): void {
    this.#enterSpeakingMs = undefined;
    this.playback.flush(nowMs);
    if (this.#mode !== 'realtime') this.#microphoneFromMs = undefined;
  }

  #stopSpeaking(nowMs: number): void {
    // A stop right after the start skips the entry to speaking, so the microphone is still on (docs/protocol.md 3.2).
    this.#enterSpeakingMs = undefined;
    this.playback.endReply();
    if (this.#mode === 'manual') {
      this.#microphoneFromMs = undefined;
      this.#enter('idle', nowMs);
    } else this.#listen(nowMs);
  }

  #listen(nowMs: number): void {
    this.#enter('listening', nowMs);
    if (this.#microphoneFromMs !== undefined) return;
    if (this.#mode === 'auto' && this.playback.silentFromMs(nowMs) > nowMs) this.#listenWhenSilent = true;
    else this.#startMicrophone(nowMs);
  }

  #startMicrophone(nowMs: number): void {
    this.#listenWhenSilent = false;
    this.#trailing = 0;
    this.#send({ type: 'listen', state: 'start', mode: this.#mode });
    this.playback.flush(nowMs);
    this.#microphoneFromMs = nowMs + MICROPHONE_WARM_UP_MS;
    this.options.onEvent({ type: 'microphone', atMs: this.#microphoneFromMs });
  }

  #abort(nowMs: number, reason?: string): void {
    this.judge.aborted(nowMs);
    this.#send({ type: 'abort', ...(reason !== undefined && { reason }) });
    this.options.onEvent({ type: 'abort', atMs: nowMs });
  }

  #hangUp(nowMs: number): void {
    if (this.#channel === 'closed') return;
    this.options.port.closeChannel();
    this.channelClosed(nowMs);
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    if (this.#channel === 'open')
      this.options.port.sendText(JSON.stringify({ session_id: this.#sessionId, ...message }));
  }

  #enter(state: DeviceState, nowMs: number): void {
    if (this.#state === state) return;
    this.#state = state;
    this.options.onEvent({ type: 'state', state, atMs: nowMs });
  }
}
