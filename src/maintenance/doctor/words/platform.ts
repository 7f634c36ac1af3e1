import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Node.js, operating system, processor, C library',
  issues: {
    old: {
      title: 'Node.js is too old.',
      cause: 'The libraries that Chorus uses need Node.js 20.19 or newer.',
      remedy: 'Install Node.js 22 or newer (nodejs.org, or the image of the Dockerfile), then `npm ci` again.',
    },
    platform: {
      title: 'There are no speech engines for this kind of machine.',
      cause:
        'They come as native code for 64-bit Linux, macOS and Windows, on x64 and arm64; a 32-bit system has none.',
      remedy: 'Install a 64-bit system; on a Raspberry Pi the 64-bit one.',
    },
    libc: {
      title: 'The C library of this system cannot load the speech engines.',
      cause:
        'Their native code is made for glibc 2.28 or newer; ' +
        'Alpine has musl, and very old distributions an older glibc.',
      remedy: 'Use an image of Debian or Ubuntu (such as `node:22-slim`) instead of Alpine, or a newer distribution.',
    },
  },
  oldNode: (node: string) => `Node.js is ${node}; 20.19 is the least.`,
  unsupported: (platform: string, arch: string) => `This is ${platform} on ${arch}.`,
  musl: 'The C library is not glibc (musl, as in Alpine).',
  oldGlibc: (glibc: string | undefined) => `glibc is ${glibc}; 2.28 is the least.`,
};

const zh: typeof en = {
  about: 'Node.js、操作系统、处理器、C 库',
  issues: {
    old: {
      title: 'Node.js 版本太旧。',
      cause: 'Chorus 用到的库需要 Node.js 20.19 或更新的版本。',
      remedy: '安装 Node.js 22 或更新的版本（nodejs.org，或 Dockerfile 里的镜像），然后重新 `npm ci`。',
    },
    platform: {
      title: '语音引擎不支持这种机器。',
      cause: '引擎是 64 位 Linux、macOS、Windows（x64 与 arm64）的原生程序，32 位系统没有。',
      remedy: '换 64 位系统；树莓派请装 64 位版。',
    },
    libc: {
      title: '这个系统的 C 库无法加载语音引擎。',
      cause: '引擎的原生程序需要 glibc 2.28 或更新；Alpine 用的是 musl，很旧的发行版 glibc 也太旧。',
      remedy: '用 Debian 或 Ubuntu 的镜像（例如 `node:22-slim`）代替 Alpine，或换新一些的发行版。',
    },
  },
  oldNode: (node) => `Node.js 是 ${node}，至少要 20.19。`,
  unsupported: (platform, arch) => `这是 ${arch} 上的 ${platform}。`,
  musl: 'C 库不是 glibc（像 Alpine 那样的 musl）。',
  oldGlibc: (glibc) => `glibc 是 ${glibc}，至少要 2.28。`,
};

export const platformWords = bilingualWords({ en, zh });
