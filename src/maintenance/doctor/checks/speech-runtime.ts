import { both } from '../../../core/index.js';
import { MeasuredCosts, type RecognitionCost } from '../../../capacity/index.js';
import {
  PINNED_SHERPA,
  type ReachedCost,
  reachedCost,
  runtimeText,
  type SpeechRuntime,
  speechRuntime,
} from '../../../engines/index.js';
import { describeMachine } from '../../../platform/machine/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

export interface SpeechRuntimeFacts {
  readonly runtime: SpeechRuntime;
  /** Costs that the self-test measured, one for each model that it timed with this runtime. */
  readonly recognition: readonly RecognitionCost[];
  /** Undefined: this family of processors was never measured. */
  readonly reached: ReachedCost | undefined;
}

/** The slow runtime takes twice as long. A busy neighbour on the same core, or a slow clock, adds at most half. */
const FAR = 1.6;

const KNOWN = issues('speech', {
  version: {
    severity: 'warning',
    title: both(
      'Another version of the speech library is installed than Chorus is measured with.',
      '安装的语音库版本与 Chorus 测量所用的不同。',
    ),
    cause: both(
      'A global override, another package manager or `npm update` brought it: ' +
        'sherpa-onnx-node asks for its library with a caret. Newer ones take twice the CPU.',
      '全局 override、别的包管理器或 `npm update` 带来的：sherpa-onnx-node 用 ^ 指定它的库。较新的要用两倍 CPU。',
    ),
    remedy: both(
      `Run \`npm ci\` in the folder of Chorus, or install the versions ${PINNED_SHERPA} of ` +
        `\`sherpa-onnx-node\` and of the library beside it, exactly.`,
      `在 Chorus 的文件夹里运行 \`npm ci\`，或准确安装 \`sherpa-onnx-node\` 和它的库的 ${PINNED_SHERPA} 版本。`,
    ),
  },
  slow: {
    severity: 'warning',
    title: both(
      'Recognition takes much more CPU here than on other processors of this family.',
      '识别在这里用的 CPU 远多于同系列的处理器。',
    ),
    cause: both(
      'Another runtime than the pinned one, a virtual machine that hides instructions (AVX-512, VNNI), ' +
        'or a clock that is throttled.',
      '运行库不是指定的版本，虚拟机隐藏了指令（AVX-512、VNNI），或处理器降频。',
    ),
    remedy: both(
      'Look at `chorus profile` for the runtime, give the virtual machine the CPU type "host", ' +
        'and look at temperature and power limits. `npm run bench -- runtimes` measures it alone.',
      '用 `chorus profile` 查看运行库，把虚拟机的 CPU 类型设为 “host”，检查温度和功耗限制。`npm run bench -- runtimes` 可单独测量。',
    ),
  },
});

export function judgeSpeechRuntime({ runtime, recognition, reached }: SpeechRuntimeFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const { addon, library, version } = runtime;
  // Missing packages are reported by the check of packages.
  if ((addon ?? PINNED_SHERPA) !== PINNED_SHERPA || (version ?? PINNED_SHERPA) !== PINNED_SHERPA)
    findings.push(
      found(
        KNOWN.version,
        both(
          `\`sherpa-onnx-node\` is ${addon ?? '?'} and \`${library}\` is ${version ?? '?'}; ` +
            `${PINNED_SHERPA} is wanted (${runtimeText(runtime)}).`,
          `\`sherpa-onnx-node\` 是 ${addon ?? '?'}，\`${library}\` 是 ${version ?? '?'}；应为 ` +
            `${PINNED_SHERPA}（${runtimeText(runtime)}）。`,
        ),
      ),
    );
  for (const { model, msPerSpeechSecond } of recognition) {
    const known = reached?.msPerSpeechSecond[model];
    if (known === undefined || msPerSpeechSecond <= FAR * known) continue;
    const [here, there] = [msPerSpeechSecond.toFixed(0), known.toFixed(0)];
    findings.push(
      found(
        KNOWN.slow,
        both(
          `${model} takes ${here} ms of CPU a second of speech by the self-test; ` +
            `${there} ms are known of ${reached?.family}.`,
          `自测时 ${model} 每秒语音用 CPU ${here} 毫秒；${reached?.family} 已知为 ${there} 毫秒。`,
        ),
      ),
    );
  }
  const costs = recognition.map(({ model, msPerSpeechSecond }) => ({ model, ms: msPerSpeechSecond.toFixed(0) }));
  return orOk(
    findings,
    'speech',
    both(
      [runtimeText(runtime), ...costs.map(({ model, ms }) => `${model} ${ms} ms a second of speech`)].join('; '),
      [runtimeText(runtime), ...costs.map(({ model, ms }) => `${model} 每秒语音 ${ms} 毫秒`)].join('；'),
    ),
  );
}

export const speechRuntimeCheck: Check = {
  id: 'speech',
  about: both(
    'Speech runtime: its version against the one that Chorus is measured with, ' +
      'what recognition costs here by the self-test',
    '语音运行库：版本是否是 Chorus 测量所用的，识别在这里的开销（按自测）',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, readText, speechFrom }) {
    const runtime = await speechRuntime(speechFrom);
    const costs = await MeasuredCosts.load(dataDir);
    return judgeSpeechRuntime({
      runtime,
      recognition: costs.recognition(describeMachine(readText), runtime.version),
      reached: reachedCost(readText('/proc/cpuinfo')),
    });
  },
};
