import {
  decodeFrame,
  EMOTIONS,
  FRAME_DURATIONS_MS,
  opusDurationMs,
  type Framing,
} from '../../device/protocol/index.js';
import type { Violation, ViolationKind } from './violation.js';

/** Shortest gap between `tts start` and the first packet, less a tolerance for the network. */
const START_GAP_MIN_MS = 90;
/** The rule is 8 KB, because the device keeps the whole message in memory (docs/protocol.md 3). */
const TEXT_MAX_CHARS = 8192;
const KNOWN_EMOTIONS: ReadonlySet<string> = new Set(EMOTIONS);
/** A faulty server may repeat the same violation a thousand times. */
const VIOLATIONS_MAX = 200;

export interface JudgedPacket {
  readonly packet: Uint8Array;
  readonly timestampMs: number;
  /** Duration from the Opus header. Undefined if the header is invalid. */
  readonly durationMs: number | undefined;
}

/**
 * Checks one connection against the protocol in every state of the device. The judge knows only the wire format, and
 * nothing about the server.
 */
export class Judge {
  readonly violations: Violation[] = [];
  #helloSeen = false;
  #speaking = false;
  #startedMs = 0;
  #firstPacketPending = false;
  #abortedMs: number | undefined;
  #packetsAfterAbort = 0;
  #frameMs = 60;

  constructor(private readonly framing: Framing) {}

  report(kind: ViolationKind, atMs: number, detail: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ kind, atMs, detail });
  }

  /** Returns undefined if the device cannot use the message. */
  text(message: string, nowMs: number): Readonly<Record<string, unknown>> | undefined {
    if (message.length > TEXT_MAX_CHARS) this.report('bad_message', nowMs, `a text of ${message.length} characters`);
    const value = parse(message);
    if (value === undefined) {
      this.report('bad_message', nowMs, 'not a JSON object with a type');
      return undefined;
    }
    if (value['type'] === 'hello') this.#hello(value, nowMs);
    else if (!this.#helloSeen) this.report('before_hello', nowMs, String(value['type']));
    else this.#message(value, nowMs);
    return value;
  }

  /** Returns undefined if the device must ignore the message. */
  binary(message: Uint8Array, nowMs: number): JudgedPacket | undefined {
    if (!this.#helloSeen) {
      this.report('binary_before_hello', nowMs, `${message.byteLength} bytes`);
      return undefined;
    }
    if (message.byteLength === 0) {
      this.report('empty_packet', nowMs, 'an empty message');
      return undefined;
    }
    const frame = this.#unframe(message, nowMs);
    if (!frame) return undefined;
    this.#placeInReply(nowMs);
    return frame;
  }

  channelClosed(): void {
    this.#helloSeen = false;
    this.#speaking = false;
    this.#firstPacketPending = false;
    this.#abortedMs = undefined;
    this.#packetsAfterAbort = 0;
  }

  drain(): Violation[] {
    return this.violations.splice(0);
  }

  aborted(nowMs: number): void {
    if (!this.#speaking) return;
    this.#abortedMs ??= nowMs;
  }

  #unframe(message: Uint8Array, nowMs: number): JudgedPacket | undefined {
    const frame = decodeFrame(this.framing, message);
    const headerBytes = this.framing === 2 ? 16 : this.framing === 3 ? 4 : 0;
    if (!frame || frame.packet.byteLength !== message.byteLength - headerBytes) {
      this.report(
        'wrong_framing',
        nowMs,
        `a message of ${message.byteLength} bytes does not fit version ${this.framing}`,
      );
      return undefined;
    }
    if (frame.packet.byteLength === 0) {
      this.report('empty_packet', nowMs, 'an empty packet');
      return undefined;
    }
    const durationMs = opusDurationMs(frame.packet);
    if (durationMs !== this.#frameMs)
      this.report('wrong_duration', nowMs, `${durationMs ?? '?'} ms instead of ${this.#frameMs}`);
    return { packet: frame.packet, timestampMs: frame.timestampMs, durationMs };
  }

  #placeInReply(nowMs: number): void {
    if (!this.#speaking) {
      this.report('audio_outside', nowMs, 'no reply is open');
      return;
    }
    if (this.#firstPacketPending && nowMs - this.#startedMs < START_GAP_MIN_MS)
      this.report('audio_too_early', nowMs, `${Math.round(nowMs - this.#startedMs)} ms after tts start`);
    this.#firstPacketPending = false;
    if (this.#abortedMs === undefined) return;
    this.#packetsAfterAbort += 1;
    if (this.#packetsAfterAbort === 2)
      this.report('audio_after_abort', nowMs, `${Math.round(nowMs - this.#abortedMs)} ms after abort`);
  }

  #hello(value: Readonly<Record<string, unknown>>, nowMs: number): void {
    if (this.#helloSeen) {
      this.report('second_hello', nowMs, 'a second hello');
      return;
    }
    this.#helloSeen = true;
    const audio = value['audio_params'] as Readonly<Record<string, unknown>> | undefined;
    const bad = (detail: string): void => this.report('bad_hello', nowMs, detail);
    if (value['transport'] !== 'websocket') bad('transport must be "websocket" (the firmware crashes without)');
    if (typeof value['session_id'] !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value['session_id'])) bad('session_id');
    if (typeof audio?.['sample_rate'] !== 'number') bad('audio_params.sample_rate');
    const frameMs = audio?.['frame_duration'];
    if (typeof frameMs === 'number' && (FRAME_DURATIONS_MS as readonly number[]).includes(frameMs))
      this.#frameMs = frameMs;
    else bad(`audio_params.frame_duration ${String(frameMs)}`);
  }

  #message(value: Readonly<Record<string, unknown>>, nowMs: number): void {
    switch (value['type']) {
      case 'tts':
        this.#tts(value, nowMs);
        break;
      case 'stt':
        if (typeof value['text'] !== 'string') this.report('bad_message', nowMs, 'stt without text');
        break;
      case 'llm':
        if (typeof value['emotion'] !== 'string' || !KNOWN_EMOTIONS.has(value['emotion']))
          this.report('bad_emotion', nowMs, String(value['emotion']));
        break;
      case 'alert':
        if (this.#speaking) this.report('bad_alert', nowMs, 'while speaking');
        if ([value['status'], value['message'], value['emotion']].some((part) => typeof part !== 'string'))
          this.report('bad_alert', nowMs, 'status, message and emotion must be texts');
        break;
      default:
        break;
    }
  }

  #tts(value: Readonly<Record<string, unknown>>, nowMs: number): void {
    switch (value['state']) {
      case 'start':
        if (this.#speaking) this.report('start_without_stop', nowMs, 'tts start twice');
        this.#speaking = true;
        this.#startedMs = nowMs;
        this.#firstPacketPending = true;
        this.#abortedMs = undefined;
        this.#packetsAfterAbort = 0;
        break;
      case 'stop':
        if (!this.#speaking) this.report('stop_without_start', nowMs, 'tts stop without start');
        this.#speaking = false;
        this.#abortedMs = undefined;
        break;
      case 'sentence_start':
        if (typeof value['text'] !== 'string' || value['text'] === '')
          this.report('bad_sentence', nowMs, 'sentence_start without text');
        else if (/\p{Emoji_Presentation}/u.test(value['text']))
          this.report('bad_sentence', nowMs, 'an emoji in a sentence');
        break;
      default:
        break;
    }
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || typeof (value as { type?: unknown }).type !== 'string')
      return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
