import { expect, it } from 'vitest';
import { both, type Bilingual } from '../../core/index.js';
import type { Examination, Finding } from '../../maintenance/doctor/index.js';
import { doctorExit } from './doctor.js';

const examined = (findings: readonly Pick<Finding, 'severity'>[], couldNotLook?: Bilingual): Examination => ({
  ms: 1,
  checks: [{ check: 'dns', findings: findings as readonly Finding[], couldNotLook, ms: 1 }],
});

it('has an exit code of its own for an unfinished check, unless another check found a fault', () => {
  expect(doctorExit(examined([{ severity: 'note' }, { severity: 'warning' }]))).toBe(0);
  expect(doctorExit(examined([], both('it may not be read', '无法读取')))).toBe(9);
  expect(doctorExit(examined([{ severity: 'fault' }], both('it may not be read', '无法读取')))).toBe(1);
});
