import { describe, expect, it } from 'vitest';
import { benchResult, fleetTurn } from '../../../test/fakes/bench-result.js';
import { renderHtml } from '../report/index.js';
import { compareResults } from './compare/compare.js';
import { comparisonLines } from './compare/compare-text.js';
import { isSteady, kernelBaseline, type BaselineInput } from './kernels/baseline.js';
import type { KernelRound } from './kernels/kernel-costs.js';
import { kernelsText } from './kernels/kernels-text.js';
import { benchDocument } from './page/document.js';
import { type BenchResult, parseBenchResult } from './result.js';
import { stepLine, verdictLines } from './verdict-table.js';

/** Every kernel costs `times` as much as usual. A decode usually costs 20 ms, plus 60 ms for each second of speech. */
const round = (times = 1): KernelRound => ({
  asr: [1000, 3000, 6000].map((audioMs) => ({ audioMs, cpuMs: times * (20 + 0.06 * audioMs) })),
  vadMsPerWindow: times * 0.06,
  opusDecodeMsPerPacket: times * 0.04,
  opusEncodeMsPerPacket: times * 0.5,
  mp3MsPerAudioSecond: times * 3,
});
const BASELINE: BaselineInput = {
  runtime: 'sherpa-onnx 1, ONNX Runtime 1',
  work: {
    windowS: 100,
    asr: { decodes: 50, audioS: 200 },
    asrWasted: 0.2,
    vadWindows: 10_000,
    opusDecodedPackets: 5000,
    opusEncodedPackets: 4000,
    mp3AudioS: 240,
  },
  before: [round(), round(), round()],
  after: [round(), round(), round()],
  devices: 10,
  usableCores: 2,
  benchCores: 0.02,
  serverCores: 0.3,
};
const KERNELS = kernelBaseline(BASELINE);
const CAPACITY: BenchResult['capacity'] = {
  devices: 30,
  confirmed: true,
  refutedAt: 39,
  guess: 25,
  elapsedS: 500,
  steps: [
    {
      kind: 'probe',
      devices: 45,
      holds: false,
      durationS: 20,
      turns: 60,
      missed: ['underruns', 'cpu'],
      firstSoundP95Ms: 2100,
      cpuShare: 0.93,
    },
    { kind: 'confirm', devices: 30, holds: true, durationS: 90, turns: 210, missed: [] },
  ],
};
const turns = (ms: number): ReturnType<typeof fleetTurn>[] =>
  Array.from({ length: 220 }, (_, n) => fleetTurn({ firstSoundMs: ms + n, sttMs: ms / 2 }));

it('kernelBaseline adds up the cost of the work, and shows wasted work separately', () => {
  // The run takes 100 s. In this time, 200 s of speech at 60 ms and 50 decodes at 20 ms take 0.13 cores. A fifth of
  // this is wasted. VAD takes 0.006, Opus 0.002 and 0.02, MP3 0.0072.
  expect(KERNELS.rows.map(({ cores }) => Number(cores.toFixed(4)))).toEqual([0.104, 0.026, 0.006, 0.002, 0.02, 0.0072]);
  expect(KERNELS.rows.slice(0, 2).map(({ amount, cpuMsEach }) => [amount, Number(cpuMsEach.toFixed(6))])).toEqual([
    [160, 65],
    [40, 65],
  ]);
  expect(KERNELS.cores).toBeCloseTo(0.1392, 6);
  expect(KERNELS.coresWithSpeculation).toBeCloseTo(0.1652, 6);
  expect(KERNELS.serverOverKernels).toBeCloseTo(0.3 / 0.1652, 6);
  expect(KERNELS.devicesOnTheseCores).toBeCloseTo((10 / 0.1652) * 2, 6);
  expect(KERNELS.devicesBesideTheBench).toBeCloseTo((10 / (0.1652 + 0.02)) * 2, 6);
});

it('kernelBaseline averages the rounds before and after, without disturbed rounds, and gives their spread', () => {
  const { coresWithSpeculation, rows, measured } = kernelBaseline({
    ...BASELINE,
    before: [round(), round(9), round(0.98), round(), round(1.02)],
    after: [round(1.1), round(1.1), round(5)],
  });
  expect(
    measured?.map(({ when, rounds, cores, low, high }) => [
      when,
      rounds,
      ...[cores, low, high].map((value) => Number((value / 0.1652).toFixed(3))),
    ]),
  ).toEqual([
    ['before', 5, 1, 1, 1.02],
    ['after', 3, 1.1, 1.1, 5],
  ]);
  expect(coresWithSpeculation).toBeCloseTo(1.05 * 0.1652, 6);
  expect(rows[0]?.cpuMsEach).toBeCloseTo(1.05 * 65, 6);
});

it.each([
  [1.09, true, undefined],
  [1.11, false, 'unsteady'],
  [0.9, false, 'unsteady'],
] as const)('kernels that cost %d times as much after the run: steady %s', (times, steady, change) => {
  const kernels = kernelBaseline({ ...BASELINE, after: [round(times), round(times), round(times)] });
  expect(isSteady(kernels)).toBe(steady);
  const result = benchResult(turns(900), { kernels });
  const note = { en: 'The machine was not the same before and after', zh: '测试前后机器的状态不同' };
  for (const language of ['en', 'zh'] as const)
    expect(verdictLines(result, language).some(({ text }) => text.includes(note[language]))).toBe(!steady);
  expect(JSON.stringify(benchDocument(result, undefined, 0)).includes(note.en)).toBe(!steady);
  const compared = compareResults(benchResult(turns(900), { kernels: KERNELS }), result).rows.find(
    ({ id }) => id === 'server_over_kernels',
  );
  expect(compared?.change).toBe(change ?? 'same');
});

it('kernels name the speech runtime and the CPU time of recognition', () => {
  const kernels = kernelBaseline({ ...BASELINE, runtime: 'sherpa-onnx 1.13.0, ONNX Runtime 1.24.4' });
  const result = benchResult(turns(900), { kernels });
  expect(kernelsText(result)?.en).toContain(
    `Recognition takes ${kernels.rows[0]?.cpuMsEach.toFixed(1)} ms of CPU a second of speech ` +
      '(sherpa-onnx 1.13.0, ONNX Runtime 1.24.4).',
  );
  expect(kernelsText(result)?.zh).toContain('（sherpa-onnx 1.13.0, ONNX Runtime 1.24.4）。');
});

it('kernels that an older result measured only once are shown as steady', () => {
  const { measured: _, runtime: __, ...once } = KERNELS;
  expect(isSteady(once)).toBe(true);
  expect(verdictLines(benchResult(turns(900), { kernels: once }), 'en').at(-2)?.text).toBe(
    'The bare kernels of this work take 0.17 cores; the server took 0.50, 1.82 times as much.',
  );
});

describe('a result', () => {
  const result = benchResult(turns(900), { kernels: KERNELS, capacity: CAPACITY });

  it('survives writing and reading, and matches its schema in docs/ (made by `npm run docs`)', () => {
    const text = JSON.stringify(result);
    expect(parseBenchResult(text, 'a.json')).toEqual(JSON.parse(text));
  });

  it.each([
    ['not JSON', '{'],
    ['another file', '{"format":"x"}'],
    ['a later format', JSON.stringify({ ...result, version: 2 })],
  ])('of %s is refused in words', (_, text) => {
    expect(() => parseBenchResult(text, 'a.json')).toThrow(
      expect.objectContaining({ code: 'bench.bad_input', message: expect.stringContaining('a.json') as string }),
    );
  });

  it('is shown in both languages, on the terminal and as a page', () => {
    const base = benchResult(turns(1100));
    const comparison = compareResults(base, result);
    for (const language of ['en', 'zh'] as const) {
      const lines = [
        ...verdictLines(result, language).map(({ text }) => text),
        ...comparisonLines(comparison, language),
        ...CAPACITY.steps.map((step) => stepLine(step, language)),
      ].join('\n');
      expect(lines).toContain('30');
      expect(lines).not.toMatch(/undefined|NaN|\[object/);
    }
    const document = benchDocument(result, comparison, Date.UTC(2026, 10, 25));
    expect(JSON.stringify(document)).not.toMatch(/undefined|NaN|\[object/);
    const html = renderHtml(document);
    expect(html).toContain('This machine carries 30 talking devices within the service level.');
    expect(html).toContain('这台机器可以承载 30 台同时对话的设备');
  });

  it('is shown as a page even if nobody spoke', () => {
    const silent = benchResult([], {
      observations: [],
      verdict: { outcome: 'invalid', reasons: ['too few turns'], targets: [] },
    });
    expect(renderHtml(benchDocument(silent, undefined, 0))).toContain(
      'Nothing can be said of the server: too few turns.',
    );
  });
});

describe('a result that was disturbed', () => {
  const missed = { id: 'cpu', measured: 0.9, bound: 0.7, outcome: 'missed' } as const;
  const disturbed = benchResult(turns(900), {
    verdict: {
      outcome: 'invalid',
      reasons: ['other programs used 1.20 cores'],
      reasonsZh: ['其他程序用了 1.20 个核'],
      targets: [missed],
    },
  });

  it('counts neither for nor against the server, and gives the reason in both languages', () => {
    expect(verdictLines(disturbed, 'en').map(({ outcome }) => outcome)).toEqual(['unknown', undefined]);
    expect(verdictLines(disturbed, 'zh').at(-1)?.text).toBe('对服务器不能下结论：其他程序用了 1.20 个核。');
    const { advice, targets, verdict } = benchDocument(disturbed, undefined, 0);
    expect(targets.map(({ outcome }) => outcome)).toEqual(['unknown']);
    expect(verdict.outcome).toBe('invalid');
    expect(JSON.stringify(advice)).toContain('`top`');
    expect(JSON.stringify(advice)).not.toContain('max_concurrent_sessions');
  });

  it('names no number of devices, unlike a run that ended because of a miss', () => {
    const none = { ...CAPACITY, devices: 0, confirmed: false, steps: [] };
    expect(verdictLines({ ...disturbed, capacity: none }, 'en').at(-1)?.text).toContain('Nothing can be said');
    const { fleet } = disturbed;
    const ended = benchResult(turns(900), {
      capacity: none,
      fleet: { ...fleet, valid: false, reasons: [{ what: 'interrupted', detail: 'the run was interrupted' }] },
      verdict: { outcome: 'invalid', reasons: ['the run was interrupted'], targets: [missed] },
    });
    expect(verdictLines(ended, 'en').map(({ outcome }) => outcome)).toEqual(['missed', undefined]);
    expect(verdictLines(ended, 'en').at(-1)?.text).toBe('Not even one device was served within the service level.');
  });
});

describe('compareResults', () => {
  it('says which figures became better, which worse, and which are uncertain', () => {
    const { rows, differences } = compareResults(
      benchResult(turns(1100)),
      benchResult(turns(900), { server: { ...benchResult([]).server, cores: 0.7 } }),
    );
    const change = Object.fromEntries(rows.map((row) => [row.id, row.change]));
    expect(change).toMatchObject({
      first_sound_p50: 'better',
      first_sound_p95: 'better',
      cpu: 'worse',
      memory: 'same',
      underruns: 'same',
      turns: 'same',
    });
    expect(rows.map(({ id }) => id)).not.toContain('capacity');
    expect(differences).toEqual([]);
  });

  it('lists the conditions in which two runs differ', () => {
    const base = benchResult(turns(900));
    expect(
      compareResults(base, { ...base, options: { ...base.options, devices: 9, asrModel: 'x' } }).differences,
    ).toEqual(['devices: 3 -> 9', 'asrModel: moonshine-tiny-en -> x']);
  });
});
