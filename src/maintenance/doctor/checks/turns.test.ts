import { afterAll, describe, expect, it } from 'vitest';
import { doctorFor, removeFolders } from '../../../../test/fakes/doctor-context.js';
import type { Finding } from '../finding.js';
import { judgeTurns, turnsCheck, type TurnFacts } from './turns.js';

afterAll(removeFolders);

const INSTALLED: TurnFacts = {
  vad: { smart_turn: 'auto', patience: 'normal' },
  language: 'en-US',
  model: { state: 'installed' },
  server: undefined,
};

const idsOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ id }) => id);
const judge = (facts: Partial<TurnFacts>): readonly Finding[] => judgeTurns({ ...INSTALLED, ...facts });

const serverWith = (state: string, counted: Readonly<Record<string, number>> = {}): TurnFacts['server'] => ({
  readiness: {
    ready: true,
    details: { starting: [], models: [], engines: [{ name: 'turn', state, restarts: 0, reason: 'no memory' }] },
  },
  metrics: Object.entries(counted).map(([result, value]) => ({
    name: 'chorus_turn_prosody_total',
    labels: { result },
    value,
  })),
});

describe('the check of the smart-turn model', () => {
  it('notes a missing model, and warns of a damaged one', () => {
    expect(idsOf(judge({}))).toEqual(['turns.ok']);
    expect(idsOf(judge({ model: undefined }))).toEqual(['turns.missing']);
    expect(judge({ model: { state: 'missing' } })).toMatchObject([{ id: 'turns.missing', severity: 'note' }]);
    expect(judge({ model: { state: 'damaged' } })).toMatchObject([{ id: 'turns.unusable', severity: 'warning' }]);
  });

  it.each([
    [{ vad: { smart_turn: 'off', patience: 'normal' } }],
    [{ vad: { smart_turn: 'auto', patience: 'quick' } }],
    // Users of Chinese are not told to install the model.
    [{ language: 'zh-CN' }],
    [{ language: 'yue-HK' }],
  ] as const)('does not report a missing model that would not be used: %j', (facts) => {
    expect(idsOf(judge({ ...facts, model: { state: 'missing' } }))).toEqual(['turns.ok']);
  });

  it('warns if the process cannot be kept alive, and reports its state otherwise', () => {
    expect(judge({ server: serverWith('failed') })).toMatchObject([
      { id: 'turns.unusable', what: { en: 'Its process `turn`: no memory.' } },
    ]);
    expect(judge({ server: serverWith('restarting') })).toMatchObject([
      { id: 'turns.ok', what: 'smart-turn-v3, restarting' },
    ]);
  });

  it('notes that the model left most questions unanswered, with the reasons', () => {
    expect(judge({ server: serverWith('ready', { complete: 5, incomplete: 4, load: 8, slow: 2 }) })).toMatchObject([
      { id: 'turns.ok' },
    ]);
    expect(judge({ server: serverWith('ready', { complete: 6, incomplete: 4, load: 8, slow: 2 }) })).toMatchObject([
      { id: 'turns.ok' },
    ]);
    expect(judge({ server: serverWith('ready', { complete: 5, incomplete: 4, load: 9, slow: 2 }) })).toMatchObject([
      { id: 'turns.seldom', severity: 'note', what: { en: '11 of 20 questions without an answer: load 9, slow 2.' } },
    ]);
  });

  it('examines the models of the data folder', async () => {
    expect(idsOf(await turnsCheck.run(await doctorFor({})))).toEqual(['turns.missing']);
    expect(idsOf(await turnsCheck.run(await doctorFor({ settings: { 'vad.smart_turn': 'off' } })))).toEqual([
      'turns.ok',
    ]);
  });
});
