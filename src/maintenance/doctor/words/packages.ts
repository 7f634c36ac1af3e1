import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Native code: each package is loaded in a process of its own',
  issues: {
    missing: {
      title: 'A package that Chorus needs is not installed.',
      cause:
        '`npm ci` was not run to its end, was run with `--omit=optional` (which leaves out native code), ' +
        'or node_modules was copied in part.',
      remedy: 'Run `npm ci` again, in the folder of Chorus, without `--omit=optional`.',
    },
    broken: {
      title: 'A package is installed and cannot be loaded.',
      cause:
        'Its native code is of another system or processor, or damaged; ' +
        'usually node_modules was copied from another machine.',
      remedy: 'Remove node_modules and run `npm ci` on this machine.',
    },
  },
  missing: (name: string, detail: string) => `\`${name}\` is not there, or a part of it: ${detail}`,
  hung: (name: string) => `\`${name}\` did not load within 20 s.`,
  broken: (name: string, detail: string) => `\`${name}\` cannot be loaded: ${detail}`,
  noAvx: {
    cause: 'This processor lacks instructions that its native code uses (AVX).',
    remedy:
      'Use a machine whose processor has AVX (x64 since about 2013), or an arm64 one; ' +
      'a virtual machine must pass it on (CPU type "host").',
  },
};

const zh: typeof en = {
  about: '原生程序：逐个在独立进程里加载',
  issues: {
    missing: {
      title: '缺少 Chorus 需要的软件包。',
      cause: '`npm ci` 没有完整执行，或加了 `--omit=optional`（会漏掉原生程序），或 node_modules 只拷贝了一部分。',
      remedy: '在 Chorus 的文件夹里重新运行 `npm ci`，不要加 `--omit=optional`。',
    },
    broken: {
      title: '软件包已安装，但无法加载。',
      cause: '它的原生程序属于别的系统或处理器，或者已损坏；多半是从别的机器拷贝了 node_modules。',
      remedy: '删除 node_modules，在这台机器上运行 `npm ci`。',
    },
  },
  missing: (name, detail) => `缺少 \`${name}\` 或它的一部分：${detail}`,
  hung: (name) => `\`${name}\` 20 秒内没有加载完。`,
  broken: (name, detail) => `\`${name}\` 无法加载：${detail}`,
  noAvx: {
    cause: '这个处理器没有它用到的指令（AVX）。',
    remedy: '换有 AVX 的处理器（约 2013 年以后的 x64）或 arm64；虚拟机要把 CPU 类型设为 “host”。',
  },
};

export const packagesWords = bilingualWords({ en, zh });
