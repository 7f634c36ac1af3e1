import { percentile } from '../src/measure/statistics.js';
import { SILERO_WINDOW_SAMPLES, SileroDetector } from '../src/providers/vad/silero.js';
import { PATIENCE, type Patience } from '../src/records/index.js';
import { createEndpointPolicy, type EndpointPolicy } from '../src/speech/listening/index.js';
import { prosodyOf } from '../src/speech/listening/prosody/smart-turn-service.js';
import { SmartTurn } from '../src/speech/listening/prosody/smart-turn.js';
import { report, type Line } from './results.js';
import { listenTo, type Outcome } from './turns/listen.js';
import { withMoonshine } from './turns/moonshine.js';
import { filledUtterances, moreUtterances, utteranceSet, type TestUtterance } from './turns/utterance-set.js';
import type { VirtualSetup } from './turns/virtual-device.js';

/** Times to the first token, of a local model and of a cloud model. */
const THINKING_MS = [300, 700] as const;

interface Setting {
  readonly patience: Patience;
  readonly mode: 'auto' | 'realtime';
  readonly thinkingMs: number;
  /** True if the server knows the model's time from earlier turns. */
  readonly known: boolean;
  readonly speculative: boolean;
  /** Factor for the silences that end a turn (`initialSilenceMs`, `requiredSilenceMs`). */
  readonly waits: number;
  /** True if the prosody of the voice is judged, too. */
  readonly voice?: boolean;
}

const KINDS = [
  { known: false, speculative: false },
  { known: true, speculative: false },
  { known: true, speculative: true },
] as const;

const SETTINGS: readonly Setting[] = PATIENCE.flatMap((patience) =>
  (['auto', 'realtime'] as const).flatMap((mode) =>
    THINKING_MS.flatMap((thinkingMs) => KINDS.map((kind) => ({ patience, mode, thinkingMs, waits: 1, ...kind }))),
  ),
);

/** Settings for the curve. Every wait is tried with four factors. The server does not know the model's time yet. */
const CURVE: readonly Setting[] = PATIENCE.flatMap((patience) =>
  [0.6, 0.8, 1, 1.2].map((waits) => ({
    patience,
    mode: 'auto',
    thinkingMs: 300,
    known: false,
    speculative: false,
    waits,
  })),
);
const withVoice = (settings: readonly Setting[]): readonly Setting[] =>
  settings.map((setting) => ({ ...setting, voice: true }));
/** The curve uses only every third utterance. */
const CURVE_EVERY = 3;

/** Settings with and without smart-turn v3. The server does not know the model's time yet. */
const VOICES: readonly Setting[] = PATIENCE.flatMap((patience) =>
  (
    [
      { mode: 'auto', voice: false },
      { mode: 'auto', voice: true },
      { mode: 'realtime', voice: true },
    ] as const
  ).map((kind) => ({ patience, thinkingMs: 300, known: false, speculative: false, waits: 1, ...kind })),
);

interface Heard {
  readonly utterance: TestUtterance;
  readonly outcome: Outcome;
}

/**
 * `npm run bench -- turns` measures how many hesitant utterances are cut off, and how long the server waits for the end
 * of a turn. Time is virtual, but voice activity, recognition and turn rules are the server's own. `smartTurn` is the
 * file of the prosody model, if any. The text of Chinese utterances is their transcript.
 */
export async function turns(curve: boolean, smartTurn?: string): Promise<boolean> {
  const judgeProsody = smartTurn === undefined ? undefined : await judgeBy(smartTurn);
  return withMoonshine(async (recognise) => {
    const settings = curve ? (judgeProsody ? withVoice(CURVE) : CURVE) : judgeProsody ? VOICES : SETTINGS;
    const heard = new Map<Setting, Heard[]>(settings.map((setting) => [setting, []]));
    const utterances = [...utteranceSet(), ...(await moreUtterances()), ...(await filledUtterances())];
    for (const [index, utterance] of utterances.entries()) {
      if (curve && index % CURVE_EVERY !== 0) continue;
      const probabilities = await speechIn(utterance);
      for (const [setting, list] of heard)
        list.push({
          utterance,
          outcome: await listenTo(utterance, probabilities, setupOf(setting, recognise, judgeProsody)),
        });
    }
    const lines = [...heard].flatMap(([setting, list]) => linesOf(setting, list));
    return report(curve ? 'turns-curve' : judgeProsody ? 'turns-voice' : 'turns', lines, {
      settings: [...heard].map(([setting, list]) => ({ ...setting, ...Object.fromEntries(figures(list)) })),
    });
  });
}

/** The server's prosody model with the real weights, but without its process. Each sound is judged once. */
async function judgeBy(file: string): Promise<NonNullable<VirtualSetup['judgeProsody']>> {
  const model = await SmartTurn.load(file);
  const known = new Map<string, number>();
  return async (pcm) => {
    const key = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('latin1');
    const probability = known.get(key) ?? (await model.probability(pcm));
    known.set(key, probability);
    return prosodyOf(probability);
  };
}

function setupOf(
  { patience, waits, voice, ...setting }: Setting,
  recognise: VirtualSetup['recognise'],
  judgeProsody: VirtualSetup['judgeProsody'],
): VirtualSetup {
  const own = createEndpointPolicy({ patience });
  const policy: EndpointPolicy = {
    ...own,
    initialSilenceMs: (speaker) => waits * own.initialSilenceMs(speaker),
    requiredSilenceMs: (evidence) => waits * own.requiredSilenceMs(evidence),
  };
  return { ...setting, policy, replyPcm: new Int16Array(16_000), recognise, ...(voice && { judgeProsody }) };
}

let detector: SileroDetector | undefined;

async function speechIn({ pcm }: TestUtterance): Promise<readonly number[]> {
  detector ??= await SileroDetector.load();
  const stream = detector.createStream();
  const probabilities: number[] = [];
  for (let from = 0; from + SILERO_WINDOW_SAMPLES <= pcm.length; from += SILERO_WINDOW_SAMPLES) {
    const samples = Float32Array.from(pcm.subarray(from, from + SILERO_WINDOW_SAMPLES), (value) => value / 32_768);
    probabilities.push((await detector.detect([{ stream, samples }]))[0] ?? 0);
  }
  return probabilities;
}

type Figures = ReturnType<typeof figuresOf>;

/** The numbers of the rules are chosen with some sets. The sets that are held back check them. */
const PARTS = {
  chosen: { name: '', language: 'en-US', heldBack: false, uh: false },
  heldBack: { name: ', held back', language: 'en-US', heldBack: true, uh: false },
  filled: { name: ', with an uh', language: 'en-US', heldBack: false, uh: true },
  filledHeldBack: { name: ', with an uh, held back', language: 'en-US', heldBack: true, uh: true },
  chinese: { name: ', Chinese', language: 'zh-CN', heldBack: false, uh: false },
  chineseHeldBack: { name: ', Chinese, held back', language: 'zh-CN', heldBack: true, uh: false },
  chineseFilled: { name: ', Chinese, with an uh', language: 'zh-CN', heldBack: false, uh: true },
  chineseFilledHeldBack: { name: ', Chinese, with an uh, held back', language: 'zh-CN', heldBack: true, uh: true },
} as const;

function figures(list: readonly Heard[]): [keyof typeof PARTS, Figures][] {
  return (Object.keys(PARTS) as (keyof typeof PARTS)[]).map((key) => {
    const part = PARTS[key];
    const isOf = ({ utterance }: Heard): boolean =>
      utterance.language === part.language &&
      utterance.heldBack === part.heldBack &&
      (utterance.filling === 'uh') === part.uh;
    return [key, figuresOf(list.filter(isOf))];
  });
}

function figuresOf(list: readonly Heard[]): {
  readonly hesitant: number;
  readonly cutOff: number;
  readonly repaired: number;
  readonly plain: number;
  /** Median, 75th and 95th percentile of the wait. */
  readonly waitMs: readonly [number, number, number];
  readonly askedMs: number;
} {
  const hesitant = list.filter(({ utterance }) => utterance.pause !== undefined);
  const values = (of: (outcome: Outcome) => number | undefined): number[] =>
    list.flatMap(({ outcome }) => of(outcome) ?? []);
  const waits = values(({ waitMs }) => waitMs);
  return {
    hesitant: hesitant.length,
    cutOff: hesitant.filter(({ outcome }) => outcome.cutOff).length,
    repaired: hesitant.filter(({ outcome }) => outcome.repaired).length,
    plain: list.length - hesitant.length,
    waitMs: [
      Math.round(percentile(waits, 0.5)),
      Math.round(percentile(waits, 0.75)),
      Math.round(percentile(waits, 0.95)),
    ],
    askedMs: Math.round(
      percentile(
        values(({ askedMs }) => askedMs),
        0.5,
      ),
    ),
  };
}

function linesOf(setting: Setting, list: readonly Heard[]): Line[] {
  const { patience, mode, thinkingMs, known, speculative, waits, voice } = setting;
  const how = [known ? '' : ', not known yet', speculative ? ', asked early' : '', voice ? ', smart-turn' : ''];
  const model = `model ${thinkingMs} ms${how.join('')}`;
  return figures(list).map(([part, { hesitant, cutOff, repaired, waitMs, askedMs }]) => ({
    what: `${patience}${waits === 1 ? '' : ` × ${waits}`}, ${mode}, ${model}${PARTS[part].name}`,
    value:
      `${cutOff} of ${hesitant} cut off, ${repaired} of them repaired, ` +
      `${cutOff - repaired} left (${Math.round((100 * (cutOff - repaired)) / hesitant)} %), ` +
      `end after ${waitMs[0]} ms (p75 ${waitMs[1]}, p95 ${waitMs[2]}), model asked after ${askedMs} ms`,
  }));
}
