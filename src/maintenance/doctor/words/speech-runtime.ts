import { bilingualWords } from '../../../core/index.js';
import { PINNED_SHERPA } from '../../../engines/index.js';

const en = {
  about:
    'Speech runtime: its version against the one that Chorus is measured with, ' +
    'what recognition costs here by the self-test',
  issues: {
    version: {
      title: 'Another version of the speech library is installed than Chorus is measured with.',
      cause:
        'A global override, another package manager or `npm update` brought it: ' +
        'sherpa-onnx-node asks for its library with a caret. Newer ones take twice the CPU.',
      remedy:
        `Run \`npm ci\` in the folder of Chorus, or install the versions ${PINNED_SHERPA} of ` +
        `\`sherpa-onnx-node\` and of the library beside it, exactly.`,
    },
    slow: {
      title: 'Recognition takes much more CPU here than on other processors of this family.',
      cause:
        'Another runtime than the pinned one, a virtual machine that hides instructions (AVX-512, VNNI), ' +
        'or a clock that is throttled.',
      remedy:
        'Look at `chorus profile` for the runtime, give the virtual machine the CPU type "host", ' +
        'and look at temperature and power limits. `npm run bench -- runtimes` measures it alone.',
    },
  },
  version: (addon: string | undefined, library: string, version: string | undefined, wanted: string, runtime: string) =>
    `\`sherpa-onnx-node\` is ${addon ?? '?'} and \`${library}\` is ${version ?? '?'}; ` +
    `${wanted} is wanted (${runtime}).`,
  slow: (model: string, here: string, there: string, family: string | undefined) =>
    `${model} takes ${here} ms of CPU a second of speech by the self-test; ${there} ms are known of ${family}.`,
  cost: (model: string, ms: string) => `${model} ${ms} ms a second of speech`,
  ok: (parts: readonly string[]) => parts.join('; '),
};

const zh: typeof en = {
  about: '语音运行库：版本是否是 Chorus 测量所用的，识别在这里的开销（按自测）',
  issues: {
    version: {
      title: '安装的语音库版本与 Chorus 测量所用的不同。',
      cause:
        '全局 override、别的包管理器或 `npm update` 带来的：sherpa-onnx-node 用 ^ 指定它的库。较新的要用两倍 CPU。',
      remedy: `在 Chorus 的文件夹里运行 \`npm ci\`，或准确安装 \`sherpa-onnx-node\` 和它的库的 ${PINNED_SHERPA} 版本。`,
    },
    slow: {
      title: '识别在这里用的 CPU 远多于同系列的处理器。',
      cause: '运行库不是指定的版本，虚拟机隐藏了指令（AVX-512、VNNI），或处理器降频。',
      remedy:
        '用 `chorus profile` 查看运行库，把虚拟机的 CPU 类型设为 “host”，检查温度和功耗限制。`npm run bench -- runtimes` 可单独测量。',
    },
  },
  version: (addon, library, version, wanted, runtime) =>
    `\`sherpa-onnx-node\` 是 ${addon ?? '?'}，\`${library}\` 是 ${version ?? '?'}；应为 ${wanted}（${runtime}）。`,
  slow: (model, here, there, family) => `自测时 ${model} 每秒语音用 CPU ${here} 毫秒；${family} 已知为 ${there} 毫秒。`,
  cost: (model, ms) => `${model} 每秒语音 ${ms} 毫秒`,
  ok: (parts) => parts.join('；'),
};

export const speechRuntimeWords = bilingualWords({ en, zh });
