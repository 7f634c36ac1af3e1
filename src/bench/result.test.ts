import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BENCH_SCHEMA_DOCUMENT, benchSchemaDocument } from '../../scripts/bench-schema.js';
import { benchResult, fleetTurn } from '../../test/fakes/bench-result.js';
import { renderHtml } from '../report/index.js';
import { compareResults } from './compare/compare.js';
import { comparisonLines } from './compare/compare-text.js';
import { kernelBaseline } from './kernels/baseline.js';
import { benchDocument } from './page/document.js';
import { type BenchResult, parseBenchResult } from './result.js';
import { stepLine, verdictLines } from './verdict-table.js';

const KERNELS = kernelBaseline({
  work: { windowS: 100, asr: { decodes: 50, audioS: 200 }, asrWasted: { decodes: 10, audioS: 50 }, vadWindows: 10_000, opusDecodedPackets: 5000, opusEncodedPackets: 4000, mp3AudioS: 240 },
  costs: { asrMsPerDecode: 20, asrMsPerAudioSecond: 60, vadMsPerWindow: 0.06, opusDecodeMsPerPacket: 0.04, opusEncodeMsPerPacket: 0.5, mp3MsPerAudioSecond: 3 },
  devices: 10,
  usableCores: 2,
  benchCores: 0.02,
  serverCores: 0.3,
});
const CAPACITY: BenchResult['capacity'] = {
  devices: 30,
  confirmed: true,
  refutedAt: 39,
  guess: 25,
  elapsedS: 500,
  steps: [
    { kind: 'probe', devices: 45, holds: false, durationS: 20, turns: 60, missed: ['underruns', 'cpu'], firstSoundP95Ms: 2100, cpuShare: 0.93 },
    { kind: 'confirm', devices: 30, holds: true, durationS: 90, turns: 210, missed: [] },
  ],
};
const turns = (ms: number): ReturnType<typeof fleetTurn>[] => Array.from({ length: 220 }, (_, n) => fleetTurn({ firstSoundMs: ms + n, sttMs: ms / 2 }));

it('kernelBaseline adds up what the work costs, and shows apart what was for nothing', () => {
  // 150 s of speech at 60 ms and 40 decodes at 20 ms in 100 s are 0.098 cores; 50 s and 10 wasted 0.032; VAD 0.006; Opus 0.002 and 0.02; MP3 0.0072.
  expect(KERNELS.rows.map(({ cores }) => Number(cores.toFixed(4)))).toEqual([0.098, 0.032, 0.006, 0.002, 0.02, 0.0072]);
  expect(KERNELS.cores).toBeCloseTo(0.1332, 6);
  expect(KERNELS.coresWithSpeculation).toBeCloseTo(0.1652, 6);
  expect(KERNELS.serverOverKernels).toBeCloseTo(0.3 / 0.1652, 6);
  expect(KERNELS.devicesOnTheseCores).toBeCloseTo((10 / 0.1652) * 2, 6);
  expect(KERNELS.devicesBesideTheBench).toBeCloseTo((10 / (0.1652 + 0.02)) * 2, 6);
});

describe('a result', () => {
  const result = benchResult(turns(900), { kernels: KERNELS, capacity: CAPACITY });

  it('survives being written and read, and its schema in docs/ is the one of the code: run `npm run docs`', () => {
    const text = JSON.stringify(result);
    expect(parseBenchResult(text, 'a.json')).toEqual(JSON.parse(text));
    expect(readFileSync(BENCH_SCHEMA_DOCUMENT, 'utf8')).toBe(benchSchemaDocument());
  });

  it.each([['not JSON', '{'], ['another file', '{"format":"x"}'], ['a later format', JSON.stringify({ ...result, version: 2 })]])('of %s is refused in words', (_, text) => {
    expect(() => parseBenchResult(text, 'a.json')).toThrow(expect.objectContaining({ code: 'bench.bad_input', message: expect.stringContaining('a.json') as string }));
  });

  it('is told in both languages, on the terminal and as a page', () => {
    const base = benchResult(turns(1100));
    const comparison = compareResults(base, result);
    for (const language of ['en', 'zh'] as const) {
      const lines = [...verdictLines(result, language).map(({ text }) => text), ...comparisonLines(comparison, language), ...CAPACITY.steps.map((step) => stepLine(step, language))].join('\n');
      expect(lines).toContain('30');
      expect(lines).not.toMatch(/undefined|NaN|\[object/);
    }
    const document = benchDocument(result, comparison, Date.UTC(2026, 10, 25));
    expect(JSON.stringify(document)).not.toMatch(/undefined|NaN|\[object/);
    const html = renderHtml(document);
    expect(html).toContain('This machine carries 30 talking devices within the service level.');
    expect(html).toContain('这台机器可以承载 30 台同时对话的设备');
  });

  it('of a run in which nobody spoke is a page, too', () => {
    const silent = benchResult([], { observations: [], verdict: { outcome: 'invalid', reasons: ['too few turns'], targets: [] } });
    expect(renderHtml(benchDocument(silent, undefined, 0))).toContain('Nothing can be said of the server: too few turns.');
  });
});

describe('a result that was disturbed', () => {
  const missed = { id: 'cpu', measured: 0.9, bound: 0.7, outcome: 'missed' } as const;
  const disturbed = benchResult(turns(900), { verdict: { outcome: 'invalid', reasons: ['other programs used 1.20 cores'], reasonsZh: ['其他程序用了 1.20 个核'], targets: [missed] } });

  it('is held neither against the server nor for it, and says why in both languages', () => {
    expect(verdictLines(disturbed, 'en').map(({ outcome }) => outcome)).toEqual(['unknown', undefined]);
    expect(verdictLines(disturbed, 'zh').at(-1)?.text).toBe('对服务器不能下结论：其他程序用了 1.20 个核。');
    const { advice, targets, verdict } = benchDocument(disturbed, undefined, 0);
    expect(targets.map(({ outcome }) => outcome)).toEqual(['unknown']);
    expect(verdict.outcome).toBe('invalid');
    expect(JSON.stringify(advice)).toContain('`top`');
    expect(JSON.stringify(advice)).not.toContain('max_concurrent_sessions');
  });

  it('names no number of devices, while a run that was ended because it had missed does', () => {
    const none = { ...CAPACITY, devices: 0, confirmed: false, steps: [] };
    expect(verdictLines({ ...disturbed, capacity: none }, 'en').at(-1)?.text).toContain('Nothing can be said');
    const { fleet } = disturbed;
    const ended = benchResult(turns(900), { capacity: none, fleet: { ...fleet, valid: false, reasons: [{ what: 'interrupted', detail: 'the run was interrupted' }] }, verdict: { outcome: 'invalid', reasons: ['the run was interrupted'], targets: [missed] } });
    expect(verdictLines(ended, 'en').map(({ outcome }) => outcome)).toEqual(['missed', undefined]);
    expect(verdictLines(ended, 'en').at(-1)?.text).toBe('Not even one device was served within the service level.');
  });
});

describe('compareResults', () => {
  it('tells what became better, what worse, and what cannot be told', () => {
    const { rows, differences } = compareResults(benchResult(turns(1100)), benchResult(turns(900), { server: { ...benchResult([]).server, cores: 0.7 } }));
    const change = Object.fromEntries(rows.map((row) => [row.id, row.change]));
    expect(change).toMatchObject({ first_sound_p50: 'better', first_sound_p95: 'better', cpu: 'worse', memory: 'same', underruns: 'same', turns: 'same' });
    expect(rows.map(({ id }) => id)).not.toContain('capacity');
    expect(differences).toEqual([]);
  });

  it('says when two runs were not measured alike', () => {
    const base = benchResult(turns(900));
    expect(compareResults(base, { ...base, options: { ...base.options, devices: 9, asrModel: 'x' } }).differences).toEqual(['devices: 3 -> 9', 'asrModel: moonshine-tiny-en -> x']);
  });
});
