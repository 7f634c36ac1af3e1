import { describe, expect, it } from 'vitest';
import { parseExposition, valueOf } from './exposition.js';

const TEXT = `# HELP chorus_turns_total Turns by how they ended.
# TYPE chorus_turns_total counter
chorus_turns_total{outcome="answered"} 12
chorus_turns_total{outcome="say \\"}\\" twice",more="x"} 3
chorus_slots_busy 1.5
chorus_queue_wait_ms_bucket{le="+Inf",kind="asr"} 7
broken_line{
not_a_number NaN
`;

describe('parseExposition', () => {
  it('reads names, labels and values, and skips all other lines', () => {
    const values = parseExposition(TEXT);
    expect(values).toEqual([
      { name: 'chorus_turns_total', labels: { outcome: 'answered' }, value: 12 },
      { name: 'chorus_turns_total', labels: { outcome: 'say \\"}\\" twice', more: 'x' }, value: 3 },
      { name: 'chorus_slots_busy', labels: {}, value: 1.5 },
      { name: 'chorus_queue_wait_ms_bucket', labels: { le: '+Inf', kind: 'asr' }, value: 7 },
    ]);
    expect(valueOf(values, 'chorus_turns_total')).toBe(15);
    expect(valueOf(values, 'chorus_turns_total', { outcome: 'answered' })).toBe(12);
    expect(valueOf(values, 'chorus_turns_total', { outcome: 'never' })).toBeUndefined();
  });
});
