import { seededRandom } from '../src/core/index.js';
import { SILERO_WINDOW_SAMPLES, SileroDetector } from '../src/providers/vad/silero.js';
import { fliteSynthesize } from '../src/providers/tts/flite/synthesize.js';
import { createEndpointPolicy } from '../src/speech/listening/index.js';
import type { TurnState } from '../src/conversation/turn/index.js';
import { report, type Line } from './results.js';
import { withMoonshine } from './turns/moonshine.js';
import { noises } from './turns/over-replies.js';
import { loud } from './turns/sounds.js';
import { utteranceSet } from './turns/utterance-set.js';
import { VirtualDevice } from './turns/virtual-device.js';

/** Usual level of the loudest 50 ms of a talking person. */
const LOUDEST_DB = -20;
/** Usual mean level of a talking person's windows with speech. */
const USUAL_DB = -26;
const NOISE = 6;
const AFTER_MS = 3000;

interface Heard {
  readonly kind: string;
  readonly name: string;
  readonly answered: boolean;
  /** Reasons why utterances got no answer. Empty if all were answered, or if nothing was heard or understood. */
  readonly overheard: readonly string[];
  readonly texts: readonly string[];
}

interface Sound {
  readonly kind: string;
  readonly name: string;
  readonly pcm: Int16Array;
  readonly state?: Partial<TurnState>;
}

/**
 * `npm run bench -- overheard` plays utterances that the server must answer, and background sounds and talk that it
 * must not answer. Voice activity, recognition and turn rules are the server's own, but time is virtual.
 */
export async function overheard(): Promise<boolean> {
  const heard = await whatIsHeard();
  const kinds = [...new Set(heard.map(({ kind }) => kind))];
  for (const one of heard)
    if (one.answered === (one.kind.startsWith('noise') || one.kind.startsWith('background'))) console.log('  ', one);
  return report(
    'overheard',
    kinds.map((kind): Line => {
      const list = heard.filter((one) => one.kind === kind);
      const answered = list.filter((one) => one.answered).length;
      const reasons = list.flatMap((one) => one.overheard);
      const counts = [...new Set(reasons)].map((why) => `${why} ${reasons.filter((one) => one === why).length}`);
      const plain = kind === 'plain utterances';
      return {
        what: `answered: ${kind}`,
        value: `${answered} of ${list.length}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`,
        ...(plain && { bound: 'all', holds: answered === list.length }),
      };
    }),
    heard,
  );
}

/** Plays every `each`th sound. */
export async function whatIsHeard(each = 1, program?: string): Promise<readonly Heard[]> {
  const detector = await SileroDetector.load();
  const sounds = (await soundsToHear()).filter((_, i) => i % each === 0);
  return withMoonshine(async (recognise) => {
    const list: Heard[] = [];
    for (const sound of sounds) list.push(await hear(sound, recognise, detector));
    return list;
  }, program);
}

async function soundsToHear(): Promise<readonly Sound[]> {
  const random = seededRandom(50);
  const plain = utteranceSet().filter(({ pause }) => pause === undefined);
  const usual = { usualLevelDb: USUAL_DB };
  const list: Sound[] = plain.flatMap(({ name, pcm }) => [
    { kind: 'plain utterances', name, pcm: loud(pcm, LOUDEST_DB - 8 + random() * 12), state: usual },
    { kind: 'background talk, 18 dB below', name, pcm: loud(pcm, LOUDEST_DB - 18), state: usual },
    { kind: 'background talk, 24 dB below', name, pcm: loud(pcm, LOUDEST_DB - 24), state: usual },
  ]);
  const said = { text: 'Shall I do it?', asks: true, untilMs: 0 };
  for (const voice of ['slt', 'rms', 'awb', 'kal16'])
    for (const text of ['yes', 'no', 'okay', 'thank you', 'stop', 'next']) {
      const { pcm } = await fliteSynthesize({ text, language: 'en-US', voice });
      const spoken = loud(pcm, LOUDEST_DB - 4 + random() * 6);
      list.push({
        kind: 'short answers to a question',
        name: `${text} (${voice})`,
        pcm: spoken,
        state: { ...usual, said },
      });
      list.push({ kind: 'short words, nothing asked', name: `${text} (${voice})`, pcm: spoken, state: usual });
    }
  for (const set of ['chosen', 'kept_back'] as const)
    for (const { name, kind, pcm } of await noises(1, set))
      if (kind !== 'listening' && kind !== 'echo')
        list.push({ kind: `noise: ${kind}`, name: `${name} (${set})`, pcm, state: usual });
  return list;
}

async function hear(
  { kind, name, pcm, state }: Sound,
  recognise: (pcm: Int16Array) => Promise<string>,
  detector: SileroDetector,
): Promise<Heard> {
  const texts: string[] = [];
  const device = new VirtualDevice({
    mode: 'auto',
    policy: createEndpointPolicy({ patience: 'normal' }),
    thinkingMs: 300,
    known: true,
    speculative: false,
    replyPcm: new Int16Array(16_000),
    ...(state && { state }),
    recognise: async (piece) => {
      const text = await recognise(piece);
      texts.push(text);
      return text;
    },
  });
  const stream = detector.createStream();
  const random = seededRandom(1);
  const fromMs = 500;
  while (device.nowMs < fromMs + pcm.length / 16 + AFTER_MS && device.questionsMs.length === 0) {
    const at = Math.round((device.nowMs - fromMs) * 16);
    const window = Int16Array.from(
      { length: SILERO_WINDOW_SAMPLES },
      (_, i) => (pcm[at + i] ?? 0) + (random() * 2 - 1) * NOISE,
    );
    const samples = Float32Array.from(window, (value) => value / 32_768);
    await device.hear(window, (await detector.detect([{ stream, samples }]))[0] ?? 0);
  }
  return { kind, name, answered: device.questionsMs.length > 0, overheard: device.overheard, texts };
}
