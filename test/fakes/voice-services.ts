import type { ServerResponse } from 'node:http';
import { writeWav, bytesToInt16 } from '../../src/audio/index.js';
import type { Service, SocketPeer } from './scripted-socket.js';

/** What the service does in place of speaking. */
export type VoiceTrouble = 'busy' | 'never' | 'endless' | 'silent' | undefined;
export interface SpeechPlan {
  readonly audio: Buffer;
  /** The sample rate that the service sends with the audio, if it sends one. */
  readonly rateHz?: number;
  readonly trouble: VoiceTrouble;
  /** How often the audio is repeated. */
  readonly copies: number;
}
/** A service that speaks over a WebSocket. An `eager` one speaks at the first piece of text and again at the end. */
export type SpeechService = (plan: () => SpeechPlan, eager?: boolean) => Service;

const PIECE_BYTES = 4_800;

/** Sends the audio in pieces and then reports the end, unless the fault prevents one of them. */
function speak({ audio, trouble, copies }: SpeechPlan, send: (piece: Buffer) => void, end: () => void): void {
  if (trouble === 'never') return;
  if (trouble !== 'silent')
    for (let copy = 0; copy < copies; copy++)
      for (let at = 0; at < audio.length; at += PIECE_BYTES) send(audio.subarray(at, at + PIECE_BYTES));
  if (trouble !== 'endless') end();
}

interface Sent {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: {
    readonly input?: { readonly text?: string };
    readonly text?: { readonly text: string } | string;
    readonly parameters?: { readonly sample_rate: number };
    readonly sample_rate?: number;
  };
}
const sent = (message: string | Buffer): Sent => JSON.parse(String(message)) as Sent;
const texts = new WeakMap<SocketPeer, readonly string[]>();
/** What a connection was asked to speak, piece by piece. */
export const piecesOf = (peer: SocketPeer): readonly string[] => texts.get(peer) ?? [];
export const askedOf = (peer: SocketPeer): string => piecesOf(peer).join('');

function take(
  peer: SocketPeer,
  text: string | undefined,
  plan: (() => SpeechPlan) | undefined,
  send: (piece: Buffer) => void,
): void {
  const first = !texts.has(peer);
  texts.set(peer, [...piecesOf(peer), text ?? '']);
  if (first && plan) speak({ ...plan(), trouble: 'endless' }, send, () => undefined);
}

export const cosyvoiceService: SpeechService =
  (plan, eager = false) =>
  (peer, message) => {
    if (message === undefined) return;
    const { header, payload } = sent(message);
    const event = (name: string, more: object = {}): void =>
      peer.json({ header: { event: name, task_id: header['task_id'], ...more }, payload: { output: {} } });
    if (header['action'] === 'run-task') {
      peer.idle = false;
      texts.delete(peer);
      if (payload.parameters?.sample_rate !== 24_000) throw new Error('not by the document');
      if (plan().trouble === 'busy') event('task-failed', { error_code: 'Throttling', error_message: 'quota' });
      else event('task-started');
    } else if (header['action'] === 'continue-task')
      take(peer, payload.input?.text, eager ? plan : undefined, (piece) => peer.send(piece));
    else
      speak(
        plan(),
        (piece) => peer.send(piece),
        () => {
          event('task-finished');
          peer.idle = true;
        },
      );
  };

export const nlsVoiceService: SpeechService =
  (plan, eager = false) =>
  (peer, message) => {
    if (message === undefined) return;
    const { header, payload } = sent(message);
    if (header['namespace'] !== 'FlowingSpeechSynthesizer' || header['appkey'] !== 'app')
      throw new Error('not by the document');
    const say = (name: string, more: object = {}): void =>
      peer.json({ header: { name, status: 2e7, ...more }, payload: {} });
    if (header['name'] === 'StartSynthesis') {
      if (payload.sample_rate !== 24_000) throw new Error('not by the document');
      if (plan().trouble === 'busy') say('TaskFailed', { status: 40_000_005, status_text: 'too many requests' });
      else say('SynthesisStarted');
    } else if (header['name'] === 'RunSynthesis') {
      const { text } = payload;
      take(peer, typeof text === 'string' ? text : '', eager ? plan : undefined, (piece) => peer.send(piece));
    } else
      speak(
        plan(),
        (piece) => peer.send(piece),
        () => say('SynthesisCompleted'),
      );
  };

export const xunfeiVoiceService: SpeechService =
  (plan, eager = false) =>
  (peer, message) => {
    if (message === undefined) return;
    const { header, payload } = sent(message);
    const { text } = payload;
    const statuses: readonly unknown[] = texts.has(peer) ? [1, 2] : [0];
    if (header['app_id'] !== 'app' || !statuses.includes(header['status'])) throw new Error('not by the document');
    const named = (): object => {
      const { rateHz } = plan();
      return rateHz === undefined ? {} : { sample_rate: rateHz };
    };
    const piece = (bytes: Buffer, status: number): void =>
      peer.json({
        header: { code: 0, status },
        payload: { audio: { audio: bytes.toString('base64'), status, ...named() } },
      });
    if (header['status'] !== 2) {
      const words = Buffer.from(typeof text === 'object' ? text.text : '', 'base64').toString();
      take(peer, words, eager ? plan : undefined, (bytes) => piece(bytes, 1));
      return;
    }
    if (plan().trouble === 'busy') peer.json({ header: { code: 11_201, message: 'licc limit' } });
    else
      speak(
        plan(),
        (bytes) => piece(bytes, 1),
        () => piece(Buffer.alloc(0), 2),
      );
  };

/** MiniMax, which streams text and audio. Its events contain the audio in hexadecimal. */
export const minimaxService: SpeechService =
  (plan, eager = false) =>
  (peer, message) => {
    const say = (event: string, more: object = {}): void =>
      peer.json({ event, base_resp: { status_code: 0, status_msg: 'success' }, ...more });
    if (message === undefined) {
      say('connected_success');
      return;
    }
    const sent = JSON.parse(String(message)) as {
      readonly event: string;
      readonly text?: string;
      readonly audio_setting?: object;
    };
    const piece = (bytes: Buffer): void => {
      const { rateHz } = plan();
      const named = rateHz === undefined ? {} : { extra_info: { audio_sample_rate: rateHz } };
      say('task_continued', { data: { audio: bytes.toString('hex') }, ...named });
    };
    if (sent.event === 'task_start') {
      const { sample_rate: rate, format } = { sample_rate: 0, format: '', ...sent.audio_setting };
      if (rate !== 24_000 || format !== 'pcm') throw new Error('not by the document');
      if (plan().trouble === 'busy')
        say('task_failed', { base_resp: { status_code: 1002, status_msg: 'rate limit exceeded' } });
      else say('task_started');
    } else if (sent.event === 'task_continue') take(peer, sent.text, eager ? plan : undefined, piece);
    else speak(plan(), piece, () => say('task_finished'));
  };

/** Connections that have sent StartConnection. */
const startedConnections = new WeakSet<SocketPeer>();
const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const sized = (bytes: Buffer): Buffer => Buffer.concat([int(bytes.length), bytes]);

export const volcengineVoiceService: SpeechService =
  (plan, eager = false) =>
  (peer, message) => {
    if (message === undefined) return;
    const frame = message as Buffer;
    if (frame[0] !== 0x11 || frame[1] !== 0x14 || frame[2] !== 0x10) throw new Error('not by the document');
    const event = frame.readInt32BE(4);
    const say = (name: number, payload: Buffer, type = 0x94): void =>
      peer.send(
        Buffer.concat([Buffer.from([0x11, type, 0x10, 0]), int(name), sized(Buffer.from('id')), sized(payload)]),
      );
    if (startedConnections.has(peer) !== (event !== 1)) throw new Error('not by the document');
    if (event === 1) {
      startedConnections.add(peer);
      say(50, Buffer.from('{}'));
      return;
    }
    const idBytes = frame.readInt32BE(8);
    const { req_params: params } = JSON.parse(frame.subarray(16 + idBytes).toString()) as {
      req_params?: { text?: string; audio_params: { sample_rate: number } };
    };
    if (event === 100) {
      peer.idle = false;
      texts.delete(peer);
      if (params?.audio_params.sample_rate !== 24_000) throw new Error('not by the document');
      if (plan().trouble === 'busy') say(153, Buffer.from('{"status_code":45000292,"message":"quota exceeded"}'));
      else say(150, Buffer.from('{}'));
    } else if (event === 200) take(peer, params?.text, eager ? plan : undefined, (piece) => say(352, piece, 0xb4));
    else if (event === 102)
      speak(
        plan(),
        (piece) => say(352, piece, 0xb4),
        () => {
          say(152, Buffer.from('{}'));
          peer.idle = true;
        },
      );
  };

/** How a service answers over HTTP. */
export type HttpSpeech = (plan: SpeechPlan, response: ServerResponse) => void;

const answer =
  (type: string, of: (audio: Buffer) => Buffer): HttpSpeech =>
  (plan, response) => {
    response.writeHead(200, { 'content-type': type });
    speak(
      { ...plan, audio: of(plan.audio) },
      (piece) => response.write(piece),
      () => response.end(),
    );
  };

export const rawSpeech = answer('audio/pcm', (audio) => audio);
export const wavSpeech = answer('audio/wav', (audio) =>
  Buffer.from(writeWav({ rateHz: 24_000, pcm: bytesToInt16(audio) })),
);

/** Tencent Cloud, which answers with one JSON that contains the whole audio as Base64. */
export const tencentSpeech: HttpSpeech = (plan, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"Response":{"Audio":"');
  speak(
    plan,
    (piece) => response.write(piece.toString('base64').replaceAll('/', String.raw`\/`)),
    () => response.end('","RequestId":"1"}}'),
  );
};
