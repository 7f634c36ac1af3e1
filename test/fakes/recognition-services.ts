import { createHmac } from 'node:crypto';
import type { Service, SocketPeer } from './scripted-socket.js';

/**
 * The text that a service returns for the audio that it received. It contains the length, to show that no audio is
 * missing.
 */
export const understood = (bytes: number): string => `understood ${Math.round(bytes / 32)}`;

/** How a service can misbehave, as its documentation describes it. */
export type Trouble = 'busy' | 'never' | 'endless' | undefined;

type Json = Record<string, unknown>;

/** Fields that the clients of all these services send. */
interface Sent {
  readonly header: {
    readonly action: string;
    readonly streaming: string;
    readonly task_id: string;
    readonly name: string;
    readonly namespace: string;
    readonly appkey: string;
    readonly app_id: string;
    readonly status: number;
  };
  readonly payload: {
    readonly task: string;
    readonly parameters: { readonly sample_rate: number };
    readonly audio: { readonly audio: string };
  };
  readonly parameter: { readonly iat: { readonly domain: string } };
  readonly type: string;
  readonly event_id?: string;
  readonly is_speaking: boolean;
}
const sent = (message: string | Buffer): Sent => JSON.parse(String(message)) as Sent;
const states = new WeakMap<SocketPeer, { bytes: number; said: number }>();
const stateOf = (peer: SocketPeer): { bytes: number; said: number } => {
  const known = states.get(peer) ?? { bytes: 0, said: 0 };
  states.set(peer, known);
  return known;
};

/** Sends text for ever, even after the end of the audio. */
function babble(say: () => void): void {
  const timer = setInterval(() => {
    try {
      say();
    } catch {
      clearInterval(timer);
    }
  }, 5);
  timer.unref();
}

/** How a service answers the end of the audio: with `final`, or with `partial` again and again if it never ends. */
interface Answers {
  readonly partial: (text: string) => void;
  readonly final: (text: string) => void;
}

function end(bytes: number, trouble: Trouble, { partial, final }: Answers): void {
  if (trouble === 'never') return;
  if (trouble === 'endless') babble(() => partial('and so on'));
  else final(understood(bytes));
}

export const dashscopeService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    if (message === undefined) return;
    if (Buffer.isBuffer(message)) {
      state.bytes += message.length;
      if (state.said++ === 0) event(peer, 'result-generated', sentence('under', false));
      return;
    }
    const { header, payload } = sent(message);
    if (header.streaming !== 'duplex' || !/^[0-9a-f]{32}$/.test(header.task_id)) throw new Error('not by the document');
    if (header.action === 'run-task') {
      peer.idle = false;
      state.bytes = state.said = 0;
      if (payload.parameters.sample_rate !== 16_000 || payload.task !== 'asr') throw new Error('not by the document');
      if (trouble() === 'busy')
        event(peer, 'task-failed', {}, { error_code: 'Throttling.RateQuota', error_message: 'too many requests' });
      else event(peer, 'task-started');
    } else if (header.action === 'finish-task')
      end(state.bytes, trouble(), {
        partial: (text) => event(peer, 'result-generated', sentence(text, false)),
        final: (text) => {
          event(peer, 'result-generated', { sentence: { heartbeat: true, text: 'x' } });
          event(peer, 'result-generated', sentence(text, true));
          event(peer, 'task-finished');
          peer.idle = true;
        },
      });
  };

const sentence = (text: string, ended: boolean): Json => ({
  sentence: { text, sentence_end: ended, end_time: ended ? 900 : null, begin_time: 0, words: [] },
});
const event = (peer: SocketPeer, name: string, output: Json = {}, more: Json = {}): void =>
  peer.json({ header: { event: name, task_id: 'x', ...more }, payload: { output } });

export const qwenService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    const said = 'conversation.item.input_audio_transcription';
    if (message === undefined) {
      peer.json({ type: 'session.created', session: {} });
      return;
    }
    const value = sent(message);
    if (!value.event_id) throw new Error('not by the document');
    if (value.type === 'session.update') {
      if (trouble() === 'busy')
        peer.json({ type: 'error', error: { code: 'rate_limit_exceeded', message: 'too many' } });
      else peer.json({ type: 'session.updated' });
    } else if (value.type === 'input_audio_buffer.append') {
      state.bytes += Buffer.from((JSON.parse(String(message)) as { audio: string }).audio, 'base64').length;
      if (state.said++ === 0) peer.json({ type: `${said}.text`, text: 'un', stash: 'der' });
    } else if (value.type === 'session.finish')
      end(state.bytes, trouble(), {
        partial: (text) => peer.json({ type: `${said}.text`, text, stash: '' }),
        final: (text) => {
          peer.json({ type: `${said}.completed`, transcript: text });
          peer.json({ type: 'session.finished' });
        },
      });
  };

export const funasrService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    if (message === undefined) {
      if (peer.request.headers['sec-websocket-protocol'] !== 'binary') throw new Error('not by the document');
      return;
    }
    if (Buffer.isBuffer(message)) {
      state.bytes += message.length;
      if (state.said++ < 2) peer.json({ mode: '2pass-online', text: state.said === 1 ? 'un' : 'der', is_final: false });
      return;
    }
    if (sent(message).is_speaking) return;
    const { bytes } = state;
    end(bytes, trouble(), {
      partial: (text) => peer.json({ mode: '2pass-online', text, is_final: false }),
      final: (text) => {
        // This sentence comes late: it belongs to audio before the end.
        peer.json({ mode: '2pass-offline', text: '', is_final: false, timestamp: '[[0,10]]' });
        peer.json({
          mode: '2pass-offline',
          text: `<|zh|><|NEUTRAL|><|Speech|>${text}`,
          is_final: false,
          timestamp: [[0, bytes / 32 - 100]],
        });
      },
    });
  };

export const nlsService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    if (message === undefined) return;
    if (Buffer.isBuffer(message)) {
      state.bytes += message.length;
      if (state.said++ === 0) nls(peer, 'TranscriptionResultChanged', { result: 'under' });
      return;
    }
    const { header } = sent(message);
    if (header.appkey !== 'app' || header.namespace !== 'SpeechTranscriber') throw new Error('not by the document');
    if (header.name === 'StartTranscription') {
      if (trouble() === 'busy')
        nls(peer, 'TaskFailed', {}, { status: 40_000_005, status_text: 'TOO_MANY: concurrency' });
      else nls(peer, 'TranscriptionStarted');
    } else if (header.name === 'StopTranscription')
      end(state.bytes, trouble(), {
        partial: (text) => nls(peer, 'TranscriptionResultChanged', { result: text }),
        final: (text) => {
          nls(peer, 'SentenceEnd', { result: text, time: 900 });
          nls(peer, 'TranscriptionCompleted');
        },
      });
  };
const nls = (peer: SocketPeer, name: string, payload: Json = {}, more: Json = {}): void =>
  peer.json({ header: { name, status: 20_000_000, ...more }, payload });

export const xunfeiService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    if (message === undefined) return;
    const { header, payload, parameter } = sent(message);
    if (header.app_id !== 'app') throw new Error('not by the document');
    state.bytes += Buffer.from(payload.audio.audio, 'base64').length;
    if (header.status === 0) {
      if (parameter.iat.domain !== 'slm') throw new Error('not by the document');
      if (trouble() === 'busy') peer.json({ header: { code: 11_202, message: 'licc fail', status: 2 } });
      else xunfei(peer, 1, { sn: 1, pgs: 'apd', ws: words('un') });
    } else if (header.status === 2)
      end(state.bytes, trouble(), {
        partial: (text) => xunfei(peer, 1, { sn: 1, pgs: 'rpl', rg: [1, 1], ws: words(text) }),
        final: (text) => {
          xunfei(peer, 1, { sn: 2, pgs: 'apd', ws: words('wrong') });
          xunfei(peer, 2, { sn: 3, pgs: 'rpl', rg: [1, 2], ws: words(text) });
        },
      });
  };
const words = (text: string): Json[] => text.split('').map((w) => ({ cw: [{ w }] }));
const xunfei = (peer: SocketPeer, status: number, result: Json): void =>
  peer.json({
    header: { code: 0, status },
    payload: { result: { text: Buffer.from(JSON.stringify(result)).toString('base64') } },
  });

/** Checks iFlytek's signature in the same way as the service. */
export function xunfeiSignatureHolds(url: URL, host: string, key: string, secret: string): boolean {
  const date = url.searchParams.get('date') ?? '';
  const signature = createHmac('sha256', secret)
    .update(`host: ${host}\ndate: ${date}\nGET ${url.pathname} HTTP/1.1`)
    .digest('base64');
  return (
    Buffer.from(url.searchParams.get('authorization') ?? '', 'base64').toString() ===
    `api_key="${key}", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`
  );
}

export const tencentService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    if (message === undefined) {
      peer.json(trouble() === 'busy' ? { code: 4006, message: 'too many' } : { code: 0, message: 'success' });
      return;
    }
    const say = (text: string, slice: number): void =>
      peer.json({
        code: 0,
        result: { slice_type: slice, index: 0, start_time: 0, end_time: 900, voice_text_str: text },
      });
    if (Buffer.isBuffer(message)) {
      state.bytes += message.length;
      if (state.said++ === 0) say('under', 1);
    } else if (sent(message).type === 'end')
      end(state.bytes, trouble(), {
        partial: (text) => say(text, 1),
        final: (text) => {
          say(text, 2);
          peer.json({ code: 0, final: 1 });
        },
      });
  };

export const deepgramService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    const say = (transcript: string, final: boolean): void =>
      peer.json({
        type: 'Results',
        start: 0,
        duration: 0.9,
        is_final: final,
        channel: { alternatives: [{ transcript }] },
      });
    if (message === undefined) {
      if (trouble() === 'busy') peer.json({ type: 'Error', description: 'nothing left' });
    } else if (Buffer.isBuffer(message)) {
      state.bytes += message.length;
      if (state.said++ === 0) say('under', false);
    } else if (sent(message).type === 'CloseStream')
      end(state.bytes, trouble(), {
        partial: (text) => say(text, false),
        final: (text) => {
          say(text, true);
          peer.close(1000);
        },
      });
  };

const volcAnswer = (text: string, definite: boolean, flags: number): Buffer => {
  const payload = Buffer.from(
    JSON.stringify({
      result: { text, utterances: text === '' ? [] : [{ text, definite, start_time: 0, end_time: 900 }] },
    }),
  );
  const numbers = Buffer.alloc(8);
  numbers.writeInt32BE(flags === 3 ? -2 : 1, 0);
  numbers.writeInt32BE(payload.length, 4);
  return Buffer.concat([Buffer.from([0x11, 0x90 | flags, 0x10, 0]), numbers, payload]);
};

export const volcengineService =
  (trouble: () => Trouble): Service =>
  (peer, message) => {
    const state = stateOf(peer);
    if (message === undefined) return;
    const frame = message as Buffer;
    if (frame[0] !== 0x11 || frame.readUInt32BE(4) !== frame.length - 8) throw new Error('not by the document');
    if (frame[1] === 0x10) {
      const { audio } = JSON.parse(frame.subarray(8).toString()) as { audio: { rate: number } };
      if (audio.rate !== 16_000) throw new Error('not by the document');
      if (trouble() === 'busy') {
        const words = Buffer.from('server busy');
        const numbers = Buffer.alloc(8);
        numbers.writeInt32BE(55_000_031, 0);
        numbers.writeInt32BE(words.length, 4);
        peer.send(Buffer.concat([Buffer.from([0x11, 0xf0, 0, 0]), numbers, words]));
      } else peer.send(volcAnswer('', false, 1));
      return;
    }
    state.bytes += frame.length - 8;
    if (frame[1] === 0x20 && state.said++ === 0) peer.send(volcAnswer('under', false, 1));
    if (frame[1] === 0x22)
      end(state.bytes, trouble(), {
        partial: (text) => peer.send(volcAnswer(text, false, 1)),
        final: (text) => peer.send(volcAnswer(text, true, 3)),
      });
  };
