import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noMetrics, Scope, silentLogger, systemClock as clock } from '../src/core/index.js';
import { createModelStore } from '../src/engines/index.js';
import { percentile } from '../src/measure/statistics.js';
import { SILERO_WINDOW_SAMPLES, SileroDetector } from '../src/providers/vad/silero.js';
import { PATIENCE, type Patience } from '../src/records/index.js';
import { createEndpointPolicy } from '../src/speech/listening/index.js';
import { startBareEngine } from './engine-process.js';
import { report, type Line } from './results.js';
import { listenTo, type Listener, type Outcome } from './turns/listen.js';
import { utteranceSet, type TestUtterance } from './turns/utterance-set.js';

/** Times of a model to its first token: none is known, a local one, one in the cloud. */
const THINKING_MS = [undefined, 300, 700] as const;

interface Setting {
  readonly patience: Patience;
  readonly thinkingMs: number | undefined;
  readonly speculative: boolean;
}

const SETTINGS: readonly Setting[] = PATIENCE.flatMap((patience) =>
  THINKING_MS.flatMap((thinkingMs) =>
    (thinkingMs === undefined ? [false] : [false, true]).map((speculative) => ({ patience, thinkingMs, speculative })),
  ),
);

interface Heard {
  readonly utterance: TestUtterance;
  readonly outcome: Outcome;
}

/**
 * `npm run bench -- turns`: how many hesitant utterances are cut off, and how long the end of a turn is waited for. Real
 * voice activity and recognition, the server's own turn rules, virtual time: nothing depends on how fast the machine is.
 */
export async function turns(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-bench-'));
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  const store = await createModelStore({
    clock,
    log: silentLogger,
    metrics: noMetrics,
    scope,
    locale: 'world',
    mirrors: [],
    directory: folder,
  });
  const engine = await startBareEngine(await store.pull('moonshine-tiny-en'), { env: { UV_THREADPOOL_SIZE: '1' } });
  const texts = new Map<string, string>();
  const recognise = async (pcm: Int16Array): Promise<string> => {
    const key = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('latin1');
    const text = texts.get(key) ?? (await engine.call<{ readonly text: string }>({ pcm })).text;
    texts.set(key, text);
    return text;
  };
  try {
    const heard = new Map<Setting, Heard[]>(SETTINGS.map((setting) => [setting, []]));
    for (const utterance of utteranceSet()) {
      const probabilities = await speechIn(utterance);
      for (const [setting, list] of heard)
        list.push({
          utterance,
          outcome: await listenTo(utterance, probabilities, listenerOf(setting, recognise)),
        });
    }
    const lines = [...heard].flatMap(([setting, list]) => linesOf(setting, list));
    return report('turns', lines, {
      settings: [...heard].map(([setting, list]) => ({ ...setting, ...figures(list) })),
    });
  } finally {
    engine.kill();
    await scope.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function listenerOf({ patience, thinkingMs, speculative }: Setting, recognise: Listener['recognise']): Listener {
  return { policy: createEndpointPolicy({ patience }), thinkingMs, speculative, recognise };
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

/** Of the utterances by which numbers were chosen, and of those held back. */
function figures(list: readonly Heard[]): Record<'chosen' | 'heldBack', ReturnType<typeof figuresOf>> {
  return {
    chosen: figuresOf(list.filter(({ utterance }) => !utterance.heldBack)),
    heldBack: figuresOf(list.filter(({ utterance }) => utterance.heldBack)),
  };
}

function figuresOf(list: readonly Heard[]): {
  readonly hesitant: number;
  readonly cutOff: number;
  readonly plain: number;
  readonly waitMs: readonly [number, number];
  readonly askedMs: number;
} {
  const hesitant = list.filter(({ utterance }) => utterance.pause !== undefined);
  const values = (of: (outcome: Outcome) => number | undefined): number[] =>
    list.flatMap(({ outcome }) => of(outcome) ?? []);
  const waits = values(({ waitMs }) => waitMs);
  return {
    hesitant: hesitant.length,
    cutOff: hesitant.filter(({ outcome }) => outcome.cutOff).length,
    plain: list.length - hesitant.length,
    waitMs: [Math.round(percentile(waits, 0.5)), Math.round(percentile(waits, 0.95))],
    askedMs: Math.round(
      percentile(
        values(({ askedMs }) => askedMs),
        0.5,
      ),
    ),
  };
}

function linesOf({ patience, thinkingMs, speculative }: Setting, list: readonly Heard[]): Line[] {
  const model =
    thinkingMs === undefined ? 'model unknown' : `model ${thinkingMs} ms${speculative ? ', asked early' : ''}`;
  return Object.entries(figures(list)).map(([part, { hesitant, cutOff, waitMs, askedMs }]) => ({
    what: `${patience}, ${model}${part === 'chosen' ? '' : ', held back'}`,
    value:
      `${cutOff} of ${hesitant} cut off (${Math.round((100 * cutOff) / hesitant)} %), ` +
      `end after ${waitMs[0]} ms (p95 ${waitMs[1]}), model asked after ${askedMs} ms`,
  }));
}
