import { describe, expect, it } from 'vitest';
import {
  fleetResult,
  fleetTurn,
  observation,
  serverSample,
  serverTurn,
} from '../../../test/fakes/monitor-observation.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import type { Block } from '../report/index.js';
import { renderHtml } from '../report/index.js';
import { documentOf } from './document.js';
import { findingsOf } from './findings.js';
import type { Observation } from './observation.js';
import { reportName, reportOf } from './result.js';

const COMMAND = 'npx chorus monitor --mode both';
const talked = (change: Partial<Observation> = {}): Observation =>
  observation({
    mode: 'both',
    fleet: fleetResult([...Array.from({ length: 6 }, (_, turn) => fleetTurn({ turn })), fleetTurn({ device: 1 })]),
    turns: [serverTurn(), serverTurn({ id: 2, deviceId: '02:c0:5e:00:00:00' })],
    ...change,
  });
const titles = (of: Observation): string[] =>
  blocks(of).flatMap((block) => ('title' in block && typeof block.title !== 'string' ? block.title.en : []));
const blocks = (of: Observation): Block[] =>
  documentOf(findingsOf(of), COMMAND, 'x').sections.flatMap((section) => section.blocks);

describe('the verdict', () => {
  it('is a good result in words when every target holds', () => {
    expect(findingsOf(talked()).verdict).toMatchObject({
      outcome: 'holds',
      sentence: { en: 'All 10 targets that could be judged were met.' },
      meaning: {
        en:
          '8 turns on 3 devices: half of the answers began within 0.70 s after the last word, the ' +
          'slowest after 0.70 s, and none broke off.',
      },
    });
  });

  it('names the missed targets with their figures', () => {
    const { verdict } = findingsOf(
      talked({ serverSamples: [serverSample(1), serverSample(2, { responseMs: undefined })] }),
    );
    expect(verdict).toMatchObject({
      outcome: 'missed',
      sentence: {
        en: '1 of 10 targets was missed. The server answers: 1 of 2 times (target: always).',
        zh: '10 个目标中有 1 个没有达到。服务器有响应：2 次中的 1 次（目标：每一次）。',
      },
    });
  });

  it('is invalid when the simulated devices were the bottleneck, whatever was measured', () => {
    const fleet = fleetResult([fleetTurn({ outcome: 'no_answer', complete: false })], {
      valid: false,
      reasons: [{ what: 'standstill', detail: 'a worker stood still for 400 ms' }],
    });
    const { verdict, targets, advice } = findingsOf(talked({ fleet }));
    expect(verdict.outcome).toBe('invalid');
    expect(new Set(targets.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
    expect(JSON.stringify(advice)).toMatch(/--connections/);
    expect(JSON.stringify(advice)).not.toMatch(/max_concurrent_sessions/);
    expect(verdict.sentence).toMatchObject({
      en: expect.stringContaining('a worker stood still for 400 ms'),
      zh: expect.stringContaining('停顿'),
    });
  });

  it('mentions that a measurement was ended early', () => {
    expect(findingsOf(observation({ interrupted: true })).verdict).toMatchObject({
      outcome: 'holds',
      sentence: { en: expect.stringContaining('ended early') },
    });
    const findingOf = (fleet: Observation['fleet']): unknown =>
      findingsOf(observation({ interrupted: true, fleet })).verdict.meaning;
    expect(JSON.stringify(findingOf(undefined))).toContain('--mode both');
    expect(JSON.stringify(findingOf(fleetResult([])))).not.toContain('--mode both');
    expect(findingsOf(observation({ serverSamples: [], machineSamples: [] })).verdict.outcome).toBe('invalid');
  });
});

describe('the report', () => {
  it('shows everything if devices talked and the machine was watched', () => {
    expect(titles(talked())).toEqual([
      'How long it took from the last word',
      'Where the time went, by the server’s own records',
      'Sound in hand, and conversations',
      'The whole machine',
      'The server, by process',
      'Response time, and what was going on',
    ]);
  });

  it('shows no empty charts for parts that were not watched', () => {
    expect(titles(observation({ local: false, machine: undefined, machineSamples: [], turns: undefined }))).toEqual([
      'Response time, and what was going on',
    ]);
    const text = JSON.stringify(
      documentOf(
        findingsOf(observation({ local: false, machine: undefined, machineSamples: [], turns: undefined })),
        COMMAND,
        'x',
      ),
    );
    expect(text).toContain('Run `chorus monitor` there');
  });

  it('names each real device', () => {
    const table = blocks(talked()).find((block) => block.type === 'table');
    expect(table?.type === 'table' && table.rows.map(([name]) => name)).toEqual([
      'a0:85:e3:f4:49:34',
      { en: '02:c0:5e:00:00:00 (simulated)', zh: '02:c0:5e:00:00:00（模拟）' },
    ]);
  });

  it('is written as a page and as a file for programs', () => {
    const findings = findingsOf(talked());
    expect(renderHtml(documentOf(findings, COMMAND, 'xiaozhi-chorus 0.1.0'))).toContain('a0:85:e3:f4:49:34');
    const report = reportOf(findings, COMMAND, 'xiaozhi-chorus 0.1.0');
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({
      format: 'chorus-monitor',
      version: 1,
      command: COMMAND,
      verdict: { outcome: 'holds' },
      figures: { answers: { turns: 8 } },
    });
  });

  it('is named by local time', () => {
    const clock = new FakeClock();
    const now = new Date(clock.wallMs());
    expect(reportName(clock)).toMatch(/^performance_report_\d{8}_\d{6}$/);
    expect(reportName(clock)).toContain(`performance_report_${now.getFullYear()}`);
  });
});
