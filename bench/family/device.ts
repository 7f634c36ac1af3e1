import { sleep, systemClock as clock } from '../../src/core/index.js';
import {
  askOta,
  DeviceMcp,
  fleetIdentity,
  Playback,
  standardTools,
  type DeviceIdentityClaim,
  type Violation,
} from '../../src/measure/fleet/index.js';
import { isMessage, RawDevice, type Came } from '../../test/e2e/raw-device.js';
import type { ServerUnderTest } from '../servers.js';
import type { Name, Person } from './script.js';

/** A silent packet of 60 ms. */
const SILENCE = Uint8Array.of(0x58, 0xff, 0xfe);
const SILENCE_PACKETS = 130;
/** Time from the first sound of an answer to its interruption. */
const INTERRUPT_MS = 2000;
/** Longest wait for the end of an answer, and for the first sound of an answer that is to be interrupted. */
const LISTEN_MS = 20_000;
/** Shortest silence in the middle of speech that a person notices. */
const HOLE_MS = 100;

export interface Heard {
  readonly texts: readonly string[];
  /** Time from the words to the first sound. Undefined if there was no sound. */
  readonly firstSoundMs: number | undefined;
  readonly soundMs: number;
  readonly end: 'over' | 'still playing' | 'closed' | 'interrupted' | 'nothing';
}

/** A device of the family. It plays sound as the firmware does. */
export class FamilyDevice {
  /** All texts that the device spoke, with wall-clock times. */
  readonly said: { readonly atMs: number; readonly text: string }[] = [];
  /** Audible silences within replies. `atMs` is by wall clock. */
  readonly holes: { readonly atMs: number; readonly gapMs: number; readonly after: string }[] = [];
  readonly violations: Violation[] = [];
  readonly identity: DeviceIdentityClaim;
  readonly #settings = { volume: 70, brightness: 50, theme: 'light' };
  readonly #playback = new Playback({
    queuePackets: 40,
    onGap: (_startMs, gapMs) => {
      if (gapMs >= HOLE_MS) this.holes.push({ atMs: clock.wallMs(), gapMs, after: this.said.at(-1)?.text ?? '' });
    },
  });
  #device: RawDevice | undefined;

  constructor(
    private readonly server: ServerUnderTest,
    readonly name: Name,
    index: number,
    language: string,
  ) {
    this.identity = fleetIdentity(index, language);
  }

  get #open(): RawDevice | undefined {
    return this.#device?.socket.readyState === 1 ? this.#device : undefined;
  }

  async connect(): Promise<RawDevice> {
    const { otaUrl, localToken } = this.server;
    const { identity } = this;
    const { websocket } = await askOta(
      { url: otaUrl, identity, clock, ...(localToken !== undefined && { localToken }) },
      AbortSignal.timeout(30_000),
    );
    if (!websocket) throw new Error('the OTA answer names no WebSocket');
    const device = await RawDevice.connect({ ...websocket, identity, features: { mcp: true } });
    this.#device = device;
    const mcp = new DeviceMcp(standardTools(this.#settings), { name: 'board', version: identity.firmwareVersion });
    device.socket.on('message', (data: Buffer, binary: boolean) => {
      if (binary) this.#playback.push(data, clock.nowMs());
      else this.#onMessage(device, mcp, JSON.parse(data.toString('utf8')) as Record<string, unknown>);
    });
    await device.hello();
    return device;
  }

  #onMessage(device: RawDevice, mcp: DeviceMcp, message: Readonly<Record<string, unknown>>): void {
    const answer = message['type'] === 'mcp' ? mcp.handle(message['payload']) : undefined;
    if (answer !== undefined) device.send({ type: 'mcp', payload: JSON.parse(answer) as unknown });
    if (message['type'] !== 'tts') return;
    if (message['state'] === 'start') this.#beginReply();
    if (typeof message['text'] === 'string') this.said.push({ atMs: clock.wallMs(), text: message['text'] });
  }

  /** Waits until the answer has ended or is known to be long. */
  async say(text: string): Promise<Heard> {
    const device = this.#open ?? (await this.connect());
    if (isSpeaking(device)) this.#press(device);
    const from = device.mark();
    const atMs = performance.now();
    device.send({ type: 'listen', state: 'detect', text });
    // Music or a long story plays on after LISTEN_MS, until the next words interrupt it.
    await device
      .until('the end of the answer', (came, log) => isOver(came, log, from), from, LISTEN_MS)
      .catch(() => undefined);
    return heardSince(device, from, atMs, false);
  }

  /** Says `text`, and presses the button two seconds after the first sound of the answer. */
  async interrupt(text: string): Promise<Heard> {
    const device = this.#open ?? (await this.connect());
    if (isSpeaking(device)) this.#press(device);
    const from = device.mark();
    const atMs = performance.now();
    device.send({ type: 'listen', state: 'detect', text });
    await device.until('sound', ({ type }) => type === 'audio', from, LISTEN_MS).catch(() => undefined);
    await sleep(clock, INTERRUPT_MS);
    this.#press(device);
    await sleep(clock, 500);
    return heardSince(device, from, atMs, true);
  }

  /** Listens in a silent room. */
  async silence(): Promise<Heard> {
    const device = this.#open ?? (await this.connect());
    const from = device.mark();
    const atMs = performance.now();
    device.start('auto');
    await device.stream(Array.from({ length: SILENCE_PACKETS }, () => SILENCE));
    return heardSince(device, from, atMs, false);
  }

  /** Drops the connection without a Close frame, and connects again after a second. */
  async disconnect(): Promise<void> {
    this.#device?.vanish();
    await sleep(clock, 1000);
    await this.connect();
  }

  close(): void {
    this.violations.push(...(this.#device?.violations() ?? []));
    this.#device?.vanish();
  }

  /** Ends the previous reply in the playback, so that the silence before the new reply is not a gap. */
  #beginReply(): void {
    this.#playback.advance(clock.nowMs());
    this.#playback.endReply();
  }

  #press(device: RawDevice): void {
    device.abort();
    this.#playback.flush(clock.nowMs());
  }
}

function isSpeaking(device: RawDevice): boolean {
  const last = device.messages('tts').findLast(({ state }) => state === 'start' || state === 'stop');
  return last?.['state'] === 'start';
}

/**
 * True if the answer has ended or the connection was closed. Only a reply that began after the words were recognised
 * counts as the answer.
 */
function isOver(came: Came, log: readonly Came[], from: number): boolean {
  if (came.type === 'closed') return true;
  if (!isMessage(came, 'tts', 'stop')) return false;
  const taken = log.findIndex((one, at) => at >= from && isMessage(one, 'stt'));
  const begun = log.findIndex((one, at) => at >= Math.max(from, taken) && isMessage(one, 'tts', 'start'));
  return taken >= 0 && begun >= 0 && log.indexOf(came) > begun;
}

function heardSince(device: RawDevice, from: number, atMs: number, interrupted: boolean): Heard {
  const log = device.log.slice(from);
  const packets = device.packets(from);
  const end = log.some(({ type }) => type === 'closed')
    ? 'closed'
    : interrupted
      ? 'interrupted'
      : log.some((came, at) => isOver(came, device.log, from) && at >= 0)
        ? 'over'
        : packets.length > 0
          ? 'still playing'
          : 'nothing';
  return {
    texts: device.sentences(from),
    firstSoundMs: packets[0] && packets[0].atMs - atMs,
    soundMs: packets.length * 60,
    end,
  };
}

export interface Member {
  readonly person: Person;
  readonly device: FamilyDevice;
}
