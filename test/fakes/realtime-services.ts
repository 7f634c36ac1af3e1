import { parseWav } from '../../src/audio/index.js';
import { int32, readVolcFrame, sized, volcFrame, VolcReader } from '../../src/providers/wire/volcengine.js';
import type { Service, SocketPeer } from './scripted-socket.js';

/** How a realtime service can misbehave, as its documentation describes it. */
export type RealtimeTrouble =
  /** Refuses further connections. */
  | 'busy'
  /** Never sends the recognised text. */
  | 'no-text'
  /** An answer stalls, and the connection stays open. */
  | 'silent'
  /** The connection breaks during an answer. */
  | 'cut'
  /** An answer never ends. */
  | 'endless'
  /** Sends speech without its text. */
  | 'wordless'
  | undefined;

export interface PlannedAnswer {
  readonly text: string;
  readonly audioMs: number;
  /** A tool call that comes before the text is spoken. */
  readonly call?: { readonly name: string; readonly arguments: string };
}

export interface RealtimePlan {
  readonly trouble: () => RealtimeTrouble;
  /** The recognised text of an utterance that lasts this long. */
  readonly heard?: (ms: number) => string;
  /** The answer to this input, which is recognised or typed words, or the result of a tool. */
  readonly answer?: (input: string) => PlannedAnswer;
  /** Called between two parts of an answer; `next` lets the answer continue. By default it continues at once. */
  readonly pause?: (next: () => void) => void;
}

/** The recognised text of speech. It contains the length, to show that no audio is missing. */
export const understood = (ms: number): string => `understood ${Math.round(ms / 100)}`;
export const ANSWER: PlannedAnswer = { text: 'It is a fine day. Go out and play.', audioMs: 1_200 };
const OUTPUT_HZ = 24_000;

/** A tone that lasts 100 ms. */
function tone(rateHz: number): Buffer {
  const pcm = new Int16Array(rateHz / 10);
  for (let at = 0; at < pcm.length; at++) pcm[at] = Math.round(8_000 * Math.sin((at * 2 * Math.PI * 220) / rateHz));
  return Buffer.from(pcm.buffer);
}

type Json = Readonly<Record<string, unknown>>;

/** Fields of the clients' messages that the service reads. */
interface Sent {
  readonly type: string;
  readonly audio: string;
  readonly session: Json;
  readonly item: { readonly type: string; readonly output: string; readonly content: readonly { text: string }[] };
}

/** Sends an answer part by part. */
class Answering {
  cancelled = false;

  constructor(
    private readonly plan: RealtimePlan,
    private readonly peer: SocketPeer,
    private readonly say: {
      readonly text: (text: string) => void;
      readonly audio: (bytes: Buffer) => void;
      readonly over: (cancelled: boolean) => void;
    },
  ) {}

  run({ text, audioMs }: PlannedAnswer): void {
    const { trouble, pause = (next) => next() } = this.plan;
    const words = trouble() === 'wordless' ? [] : (text.match(/\S+\s*/gu) ?? []);
    const pieces = Math.ceil(audioMs / 100);
    const steps = Math.max(words.length, pieces);
    const step = (at: number): void => {
      if (this.cancelled) return;
      const endless = trouble() === 'endless';
      if (at === Math.ceil(steps / 2)) {
        if (trouble() === 'cut') return this.peer.cut();
        if (trouble() === 'silent') return;
      }
      if (at >= steps && !endless) return this.say.over(false);
      if (endless) for (let more = 0; more < 40; more++) this.say.audio(tone(OUTPUT_HZ));
      this.say.text(words[at] ?? '');
      if (at < pieces) this.say.audio(tone(OUTPUT_HZ));
      if (endless) setImmediate(() => step(at + 1));
      else pause(() => step(at + 1));
    };
    step(0);
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.say.over(true);
  }
}

export interface OpenAiLike {
  readonly inputHz: number;
  /** Whether it uses the names of the protocol's first version. */
  readonly first?: true;
  readonly wav?: true;
  /** The sample rate that the service reports. */
  readonly rateHz?: () => number | undefined;
}

export function openAiLikeService(plan: RealtimePlan, like: OpenAiLike): Service {
  const sessions = new WeakMap<SocketPeer, OpenAiSession>();
  return (peer, message) => {
    if (message === undefined) {
      sessions.set(peer, new OpenAiSession(peer, plan, like));
      return;
    }
    sessions.get(peer)?.take(JSON.parse(String(message)) as Sent);
  };
}

class OpenAiSession {
  #ms = 0;
  #count = 0;
  #input = '';
  #answering: Answering | undefined;

  constructor(
    private readonly peer: SocketPeer,
    private readonly plan: RealtimePlan,
    private readonly like: OpenAiLike,
  ) {
    this.#event('session.created', { session: {} });
  }

  take({ type, audio, session, item }: Sent): void {
    switch (type) {
      case 'session.update':
        if (this.plan.trouble() === 'busy')
          this.#event('error', { error: { code: 'rate_limit_exceeded', message: 'too many sessions' } });
        else this.#event('session.updated', { session: this.#effective(session) });
        break;
      case 'input_audio_buffer.append':
        this.#ms += this.#msOf(Buffer.from(audio, 'base64'));
        break;
      case 'input_audio_buffer.clear':
        this.#ms = 0;
        break;
      case 'input_audio_buffer.commit':
        this.#commit();
        break;
      case 'conversation.item.create':
        this.#input = item.type === 'function_call_output' ? item.output : (item.content[0]?.text ?? '');
        break;
      case 'response.create':
        this.#respond();
        break;
      case 'response.cancel':
        if (this.#answering) this.#answering.cancel();
        else this.#event('error', { error: { code: 'response_cancel_not_active', message: 'nothing to cancel' } });
        break;
      default:
    }
  }

  #effective(session: Json): Json {
    const rate = this.like.rateHz?.();
    return rate === undefined ? session : { ...session, audio: { output: { format: { type: 'audio/pcm', rate } } } };
  }

  #msOf(bytes: Buffer): number {
    const samples = this.like.wav ? parseWav(bytes).pcm.length : bytes.length / 2;
    return (samples * 1000) / this.like.inputHz;
  }

  #commit(): void {
    const { heard = understood, trouble } = this.plan;
    const id = `item_${++this.#count}`;
    this.#event('input_audio_buffer.committed', { item_id: id });
    this.#input = heard(this.#ms);
    this.#ms = 0;
    if (trouble() !== 'no-text')
      this.#event('conversation.item.input_audio_transcription.completed', { item_id: id, transcript: this.#input });
  }

  #respond(): void {
    if (this.#answering) {
      this.#event('error', { error: { code: 'conversation_already_has_active_response', message: 'one at a time' } });
      return;
    }
    const { answer = () => ANSWER } = this.plan;
    const planned = answer(this.#input);
    const id = `resp_${++this.#count}`;
    const of = { response_id: id, item_id: `item_of_${id}` };
    const audio = this.like.first ? 'response.audio' : 'response.output_audio';
    this.#event('response.created', { response: { id, status: 'in_progress' } });
    const over = (cancelled: boolean): void => {
      this.#answering = undefined;
      this.#event('response.done', {
        response: {
          id,
          status: cancelled ? 'cancelled' : 'completed',
          usage: { input_tokens: 40, output_tokens: 90 },
        },
      });
    };
    const answering = new Answering(this.plan, this.peer, {
      text: (delta) => this.#event(`${audio}_transcript.delta`, { ...of, delta }),
      audio: (bytes) => this.#event(`${audio}.delta`, { ...of, delta: bytes.toString('base64') }),
      over,
    });
    this.#answering = answering;
    if (planned.call) {
      const { name, arguments: args } = planned.call;
      this.#event('response.function_call_arguments.done', { ...of, call_id: `call_${id}`, name, arguments: args });
    }
    answering.run(planned);
  }

  #event(type: string, fields: Json): void {
    this.peer.json({ type, event_id: 'event', ...fields });
  }
}

export function doubaoService(plan: RealtimePlan): Service {
  const sessions = new WeakMap<SocketPeer, DoubaoSession>();
  return (peer, message) => {
    if (message === undefined) sessions.set(peer, new DoubaoSession(peer, plan));
    else if (typeof message !== 'string') sessions.get(peer)?.take(message);
  };
}

class DoubaoSession {
  #session = '';
  #ms = 0;
  #count = 0;
  #answering: Answering | undefined;

  constructor(
    private readonly peer: SocketPeer,
    private readonly plan: RealtimePlan,
  ) {}

  take(message: Buffer): void {
    const frame = readVolcFrame(message);
    const reader = new VolcReader(frame);
    const event = reader.int32();
    if (event === 1) {
      this.peer.send(volcFrame(9, 4, 1, int32(50), sized(Buffer.from('connection')), sized(Buffer.from('{}'))));
      return;
    }
    const session = reader.sized().toString('utf8');
    const payload = reader.sized();
    switch (event) {
      case 100:
        this.#session = session;
        if (this.plan.trouble() === 'busy')
          this.peer.send(volcFrame(15, 0, 1, int32(45_000_292), sized(Buffer.from('{"error":"quota exceeded"}'))));
        else this.#event(150, { dialog_id: 'dialog' });
        break;
      case 200:
        this.#ms += payload.length / 32;
        break;
      case 400:
        this.#commit();
        break;
      case 501:
        this.#event(553, { question_id: 'typed' });
        this.#respond((JSON.parse(payload.toString('utf8')) as { content: string }).content);
        break;
      case 515:
        this.#answering?.cancel();
        break;
      default:
    }
  }

  #commit(): void {
    const { heard = understood, trouble } = this.plan;
    const text = heard(this.#ms);
    this.#ms = 0;
    if (trouble() === 'no-text') return;
    this.#event(450, { question_id: 'question' });
    this.#event(451, { results: [{ text: text.slice(0, 3), is_interim: true }] });
    this.#event(451, { results: [{ text, is_interim: false }] });
    this.#event(459, {});
    this.#respond(text);
  }

  #respond(input: string): void {
    const { answer = () => ANSWER } = this.plan;
    const reply = { question_id: 'question', reply_id: `reply_${++this.#count}` };
    const answering = new Answering(this.plan, this.peer, {
      text: (content) => this.#event(550, { ...reply, content }),
      audio: (bytes) => this.peer.send(volcFrame(11, 4, 0, int32(352), this.#id(), sized(bytes))),
      over: () => {
        this.#answering = undefined;
        this.#event(154, { usage: { input_text_tokens: 10, input_audio_tokens: 30, output_audio_tokens: 90 } });
        this.#event(559, reply);
        this.#event(359, reply);
      },
    });
    this.#answering = answering;
    this.#event(350, { ...reply, tts_type: 'default' });
    answering.run(answer(input));
  }

  #id(): Buffer {
    return sized(Buffer.from(this.#session));
  }

  #event(event: number, payload: Json): void {
    this.peer.send(volcFrame(9, 4, 1, int32(event), this.#id(), sized(Buffer.from(JSON.stringify(payload)))));
  }
}
