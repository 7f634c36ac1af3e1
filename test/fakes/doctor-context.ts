import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { type Clock, systemClock } from '../../src/core/index.js';
import { doctorContext, type Configuration, type DoctorContext } from '../../src/maintenance/doctor/index.js';

/** How the machine differs from a healthy one. */
export interface FaultySetup extends Partial<Omit<DoctorContext, 'config' | 'configuration'>> {
  /** Settings, as given with `--set`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Content of config.yaml. */
  readonly yaml?: string;
  readonly configuration?: Configuration;
  /** Recorded contents of files in /proc and /sys, by path. */
  readonly recorded?: Readonly<Record<string, string>>;
}

const folders: string[] = [];

/** Makes a data folder. Call {@link removeFolders} to remove it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-doctor-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Settings with which requests go only to loopback. */
const QUIET = { 'tts.provider': 'flite', 'models.auto_pull': 'false', 'server.port': '0' };

/** What the doctor learns about a machine with its own data folder. */
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

/** A clock that reports the real time, but whose waits are shorter by this factor. */
export function hurriedClock(times: number): Clock {
  return {
    nowMs: () => systemClock.nowMs(),
    wallMs: () => systemClock.wallMs(),
    after: (delayMs, fn) => systemClock.after(delayMs / times, fn),
  };
}

/** A clock whose time is wrong by this much. */
export function clockOff(offMs: number): Clock {
  return { ...systemClock, wallMs: () => systemClock.wallMs() + offMs };
}
