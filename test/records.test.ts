import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  AGENT_FIELD_LIST,
  AGENT_FIELDS,
  fromRow,
  toRow,
  TURN_FIELD_LIST,
  TURN_FIELDS,
  turnRecord,
  type Field,
} from '../src/records/index.js';
import type { Fields } from '../src/records/field.js';
import { noMetrics, type LogFields, type Logger } from '../src/core/index.js';

const words = { en: 'a fixture', zh: '测试用' };
const add = (fields: Fields, list: readonly unknown[], name: string, field: Field): void => {
  (fields as Record<string, Field>)[name] = field;
  (list as unknown[]).push([name, field]);
};

/**
 * Tests what one new line in a definition leads to. All modules that use the definitions are loaded only after the line
 * was added.
 */
describe('a field that is added to the definition', () => {
  beforeAll(() => {
    add(AGENT_FIELDS, AGENT_FIELD_LIST, 'petName', {
      schema: z.string().optional(),
      words,
      title: { en: 'pet', zh: '宠物' },
      importedFrom: ['pet'],
    } as Field);
    add(TURN_FIELDS, TURN_FIELD_LIST, 'laughs', {
      schema: z.number().default(0),
      words,
      trace: { span: 'turn', attribute: 'chorus.laughs' },
    } as Field);
  });

  const measured = {
    deviceId: 'd',
    language: 'en-US',
    atWallMs: 2,
    utteranceAtWallMs: 1,
    outcome: 'answered',
    mode: 'auto',
    stagesMs: {},
    laughs: 3,
  } as const;

  it('a field of an agent is in the row, the API, the command line, the documents and the import', async () => {
    const row = toRow(AGENT_FIELDS, { name: 'A', petName: 'Rex' } as { name: string });
    expect(row).toMatchObject({ name: 'A', more: '{"petName":"Rex"}' });
    expect(fromRow(AGENT_FIELDS, row)).toMatchObject({ name: 'A', petName: 'Rex' });

    const { agentView, setAgentRequest } = await import('../src/admin/contract.js');
    expect(JSON.stringify(z.toJSONSchema(agentView))).toContain('"petName":{"description":"a fixture"');
    expect(setAgentRequest.parse({ petName: '' })).toEqual({ petName: '' });

    const { runProgram } = await import('../src/cli/program.js');
    const { MESSAGES } = await import('../src/cli/words/index.js');
    let said = '';
    const say = (text: string): void => void (said += text);
    await runProgram(['agents', 'set', '--help'], {
      language: 'en',
      words: MESSAGES.en,
      env: {},
      terminal: false,
      colours: (await import('picocolors')).default.createColors(false),
      out: say,
      err: say,
    } as unknown as Parameters<typeof runProgram>[1]);
    expect(said).toMatch(/--pet-name <text> +a fixture/);

    const { agentsDocument } = await import('../scripts/docs/agents.js');
    const { readFileSync } = await import('node:fs');
    expect(agentsDocument('en', readFileSync('docs/device.md', 'utf8'))).toContain('| `--pet-name` | a fixture |');

    const { readManagerDump } = await import('../src/moving-over/manager-dump.js');
    const { Readable } = await import('node:stream');
    const sql = Buffer.from("INSERT INTO ai_agent (id, pet) VALUES ('1', 'Rex');");
    expect((await readManagerDump(Readable.from([sql]))).agents).toMatchObject([{ id: '1', petName: 'Rex' }]);
  });

  it('a field of a turn is in the row, the API, the log, the trace and the documents', async () => {
    const turn = turnRecord(1, measured);
    const row = toRow(TURN_FIELDS, turn);
    expect(row['more']).toBe('{"laughs":3}');
    expect(fromRow(TURN_FIELDS, row)).toMatchObject({ laughs: 3 });
    expect(fromRow(TURN_FIELDS, { ...row, more: null })).toMatchObject({ laughs: 0 });

    const { turnEntry } = await import('../src/admin/contract.js');
    expect(JSON.stringify(z.toJSONSchema(turnEntry))).toContain('"laughs":{"default":0,"description":"a fixture"');

    const { TurnLog } = await import('../src/conversation/session/turn-log.js');
    const lines: LogFields[] = [];
    const info = (_message: string, fields: LogFields = {}): void => void lines.push(fields);
    new TurnLog({ metrics: noMetrics, transcripts: () => false }).add({ info } as unknown as Logger, measured);
    expect(lines).toMatchObject([{ laughs: 3, outcome: 'answered' }]);

    const { attributesOf } = await import('../src/platform/telemetry/traces.js');
    expect(attributesOf('turn', turn)).toMatchObject({ 'chorus.laughs': 3 });

    const { metricsDocument } = await import('../scripts/docs/metrics.js');
    expect(metricsDocument('en')).toContain('| `laughs` | a fixture | `laughs` | `turn`: `chorus.laughs` |');
  });
});

it('a value in the format of another version counts as absent', () => {
  const row = { name: 'A', more: '{"greeting":7,"unknown":1,"exitWords":["bye"]}' };
  expect(fromRow(AGENT_FIELDS, row)).toMatchObject({ name: 'A', greeting: undefined, exitWords: ['bye'] });
});
