import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { both, type Clock, withTimeout } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

/** Result of loading a package in a process of its own. */
export interface PackageTrial {
  readonly name: string;
  /** `loaded`; `threw` an error; `died` by a signal or with an exit code; `hung`. */
  readonly outcome: 'loaded' | 'threw' | 'died' | 'hung';
  /** The error's text, or the signal. */
  readonly detail: string;
}

const NATIVE = ['onnxruntime-node', 'sherpa-onnx-node', 'libsql', '@evan/opus'] as const;
const LOAD_MS = 20_000;
const TEXT_MAX = 4000;

const KNOWN = issues('package', {
  missing: {
    severity: 'fault',
    title: both('A package that Chorus needs is not installed.', '缺少 Chorus 需要的软件包。'),
    cause: both(
      '`npm ci` was not run to its end, was run with `--omit=optional` (which leaves out native code), ' +
        'or node_modules was copied in part.',
      '`npm ci` 没有完整执行，或加了 `--omit=optional`（会漏掉原生程序），或 node_modules 只拷贝了一部分。',
    ),
    remedy: both(
      'Run `npm ci` again, in the folder of Chorus, without `--omit=optional`.',
      '在 Chorus 的文件夹里重新运行 `npm ci`，不要加 `--omit=optional`。',
    ),
  },
  broken: {
    severity: 'fault',
    title: both('A package is installed and cannot be loaded.', '软件包已安装，但无法加载。'),
    cause: both(
      'Its native code is of another system or processor, or damaged; ' +
        'usually node_modules was copied from another machine.',
      '它的原生程序属于别的系统或处理器，或者已损坏；多半是从别的机器拷贝了 node_modules。',
    ),
    remedy: both(
      'Remove node_modules and run `npm ci` on this machine.',
      '删除 node_modules，在这台机器上运行 `npm ci`。',
    ),
  },
});

const NOT_THERE = /Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|Could not find/i;

export function judgePackages(trials: readonly PackageTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ name, outcome, detail }): Finding[] => {
    if (outcome === 'loaded') return [];
    if (outcome === 'threw' && NOT_THERE.test(detail))
      return [
        found(
          KNOWN.missing,
          both(
            `\`${name}\` is not there, or a part of it: ${firstLine(detail)}`,
            `缺少 \`${name}\` 或它的一部分：${firstLine(detail)}`,
          ),
        ),
      ];
    if (outcome === 'hung')
      return [found(KNOWN.broken, both(`\`${name}\` did not load within 20 s.`, `\`${name}\` 20 秒内没有加载完。`))];
    const illegal = /SIGILL/.test(detail);
    return [
      found(
        KNOWN.broken,
        both(`\`${name}\` cannot be loaded: ${firstLine(detail)}`, `\`${name}\` 无法加载：${firstLine(detail)}`),
        illegal
          ? {
              cause: both(
                'This processor lacks instructions that its native code uses (AVX).',
                '这个处理器没有它用到的指令（AVX）。',
              ),
              remedy: both(
                'Use a machine whose processor has AVX (x64 since about 2013), or an arm64 one; ' +
                  'a virtual machine must pass it on (CPU type "host").',
                '换有 AVX 的处理器（约 2013 年以后的 x64）或 arm64；虚拟机要把 CPU 类型设为 “host”。',
              ),
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

/**
 * Loads a package in a child process, because native code for another machine may crash. Rejects only with the signal's
 * reason.
 */
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
  about: both('Native code: each package is loaded in a process of its own', '原生程序：逐个在独立进程里加载'),
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
