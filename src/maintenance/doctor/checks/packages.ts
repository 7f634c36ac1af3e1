import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Clock, withTimeout } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { packagesWords } from '../words/packages.js';

export interface PackageTrial {
  readonly name: string;
  /** `died` means that the child process crashed or did not start. */
  readonly outcome: 'loaded' | 'threw' | 'died' | 'hung';
  readonly detail: string;
}

const NATIVE = ['onnxruntime-node', 'sherpa-onnx-node', 'libsql', '@evan/opus'] as const;
const LOAD_MS = 20_000;
const TEXT_MAX = 4000;

const KNOWN = issues('package', packagesWords.issues, { missing: 'fault', broken: 'fault' });

const NOT_THERE = /Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|Could not find/i;

export function judgePackages(trials: readonly PackageTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ name, outcome, detail }): Finding[] => {
    if (outcome === 'loaded') return [];
    if (outcome === 'threw' && NOT_THERE.test(detail))
      return [found(KNOWN.missing, packagesWords.missing(name, firstLine(detail)))];
    if (outcome === 'hung') return [found(KNOWN.broken, packagesWords.hung(name))];
    const illegal = /SIGILL/.test(detail);
    return [
      found(
        KNOWN.broken,
        packagesWords.broken(name, firstLine(detail)),
        illegal
          ? {
              cause: packagesWords.noAvx.cause,
              remedy: packagesWords.noAvx.remedy,
            }
          : {},
      ),
    ];
  });
  return orOk(findings, 'package', trials.map(({ name }) => name).join(', '));
}

const firstLine = (text: string): string =>
  (
    text
      .trim()
      .split('\n')
      .find((line) => line.trim() !== '') ?? ''
  )
    .trim()
    .slice(0, 300);

/** Uses a child process, because native code for another machine may crash. Rejects only with the signal's reason. */
async function tryPackage(name: string, from: string, clock: Clock, signal: AbortSignal): Promise<PackageTrial> {
  const script =
    'const { createRequire } = require("node:module"); ' +
    'try { createRequire(process.argv[1] + "/x.js")(process.argv[2]); process.exit(0); ' +
    '} catch (error) { process.stderr.write(String((error && error.message) || error)); process.exit(3); }';
  const child = spawn(process.execPath, ['-e', script, from, name], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-TEXT_MAX)));
  const ended = new Promise<PackageTrial>((resolve) => {
    child.once('error', (error) => resolve({ name, outcome: 'died', detail: error.message }));
    child.once('close', (code, killer) =>
      resolve(
        code === 0
          ? { name, outcome: 'loaded', detail: '' }
          : {
              name,
              outcome: code === 3 ? 'threw' : 'died',
              detail: text === '' || killer !== null ? `${killer ?? `exit code ${code}`} ${text}` : text,
            },
      ),
    );
  });
  try {
    return await withTimeout(
      clock,
      LOAD_MS,
      signal,
      () => new Error('hung'),
      () => ended,
    );
  } catch (error) {
    child.kill('SIGKILL');
    signal.throwIfAborted();
    return { name, outcome: 'hung', detail: String(error) };
  }
}

export const packagesCheck: Check = {
  id: 'package',
  about: packagesWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ clock, signal, packages }) {
    const here = fileURLToPath(new URL('.', import.meta.url));
    const trials = (packages ?? NATIVE.map((name) => ({ name, from: here }))).map(({ name, from }) =>
      tryPackage(name, from, clock, signal),
    );
    return judgePackages(await Promise.all(trials));
  },
};
