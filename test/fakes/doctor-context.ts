import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { type Clock, systemClock } from '../../src/core/index.js';
import { doctorContext, type Configuration, type DoctorContext } from '../../src/maintenance/doctor/index.js';

/** Differences from a healthy machine. */
export interface FaultySetup extends Partial<Omit<DoctorContext, 'config' | 'configuration'>> {
  /** Settings as in `--set`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Text of config.yaml. */
  readonly yaml?: string;
  readonly configuration?: Configuration;
  /** Recorded contents of /proc and /sys, by path. */
  readonly recorded?: Readonly<Record<string, string>>;
}

const folders: string[] = [];

/** Makes a data folder that {@link removeFolders} removes. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-doctor-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Settings with which no request leaves loopback. */
const QUIET = { 'tts.provider': 'flite', 'models.auto_pull': 'false', 'server.port': '0' };

/** The doctor's view of a machine with its own data folder. */
export async function doctorFor({
  settings = {},
  yaml,
  configuration,
  recorded,
  ...setup
}: FaultySetup): Promise<DoctorContext> {
  const dataDir = setup.dataDir ?? newFolder();
  if (yaml !== undefined) writeFileSync(join(dataDir, 'config.yaml'), yaml);
  const flags = Object.entries({ ...QUIET, ...settings }).map(([key, text]) => ({ flag: `--set ${key}`, key, text }));
  const context = doctorContext({
    clock: systemClock,
    signal: AbortSignal.timeout(60_000),
    env: {},
    version: '0.0.0',
    url: undefined,
    server: undefined,
    ...setup,
    dataDir,
    configuration: configuration ?? (await loadConfig({ dataDir, env: setup.env ?? {}, flags })),
  });
  return {
    ...context,
    kernelLog: () => Promise.resolve(undefined),
    ...setup,
    dataDir,
    ...(recorded && { readText: (path: string) => recorded[path] }),
  };
}

/** A clock on which every wait is shorter by this factor. Its times are real. */
export function hurriedClock(times: number): Clock {
  return {
    nowMs: () => systemClock.nowMs(),
    wallMs: () => systemClock.wallMs(),
    after: (delayMs, fn) => systemClock.after(delayMs / times, fn),
  };
}

/** A clock that is wrong by this much. */
export function clockOff(offMs: number): Clock {
  return { ...systemClock, wallMs: () => systemClock.wallMs() + offMs };
}
