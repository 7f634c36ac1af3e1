import { expect } from 'vitest';
import { CHECKS, type Finding } from '../../src/maintenance/doctor/index.js';
import { doctorFor, removeFolders, type FaultySetup } from '../fakes/doctor-context.js';
import type { Plant } from './doctor-way-plants.js';

const open: { close(): unknown }[] = [];

/** Registers a thing to be closed by {@link closeAll}. */
export function use<T extends { close(): unknown }>(thing: T): T {
  open.push(thing);
  return thing;
}

export async function closeAll(): Promise<void> {
  for (const thing of open.splice(0)) await thing.close();
  removeFolders();
}

/** Runs the check that should find the fault. Returns what it found. */
export async function findingsFor(fault: string, setup: FaultySetup): Promise<readonly Finding[]> {
  const [id = ''] = fault.split('.');
  const check = CHECKS.find((one) => one.id === id);
  if (!check) throw new Error(`no check ${id}`);
  return check.run(await doctorFor(setup));
}

const text = (of: Finding['what'], language: 'en' | 'zh'): string => (typeof of === 'string' ? of : of[language]);

/** Expects a finding about the fault that names its remedy, in both languages. */
export function expectFinding(found: readonly Finding[], fault: string, remedy: RegExp): void {
  const finding = found.find(({ id }) => id === fault);
  if (!finding) throw new Error(`${fault} was not found; found: ${JSON.stringify(found)}`);
  expect(text(finding.remedy, 'en')).toMatch(remedy);
  expect(text(finding.cause, 'en')).not.toBe('');
  for (const part of [finding.cause, finding.remedy]) expect(text(part, 'zh')).toMatch(/[\u4e00-\u9fff]/);
}

export const titled = (plants: readonly Plant[]): [string, Plant][] =>
  plants.map((plant) => [`${plant.fault}: ${plant.how}`, plant]);
