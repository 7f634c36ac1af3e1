import { both } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

/** Facts about the program that runs Chorus. */
export interface PlatformFacts {
  /** `20.19.0`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Undefined on Linux: the C library is not glibc (musl). */
  readonly glibc: string | undefined;
}

/** `engines` of package.json. */
const NODE_LEAST = [20, 19] as const;
/** Platforms for which onnxruntime, sherpa-onnx, libsql and Opus have native code. */
const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64']);
/** Oldest glibc with which the native code of onnxruntime-node 1.24 loads. */
const GLIBC_LEAST = [2, 28] as const;

const KNOWN = issues('node', {
  old: {
    severity: 'fault',
    title: both('Node.js is too old.', 'Node.js 版本太旧。'),
    cause: both(
      'The libraries that Chorus uses need Node.js 20.19 or newer.',
      'Chorus 用到的库需要 Node.js 20.19 或更新的版本。',
    ),
    remedy: both(
      'Install Node.js 22 or newer (nodejs.org, or the image of the Dockerfile), then `npm ci` again.',
      '安装 Node.js 22 或更新的版本（nodejs.org，或 Dockerfile 里的镜像），然后重新 `npm ci`。',
    ),
  },
  platform: {
    severity: 'fault',
    title: both('There are no speech engines for this kind of machine.', '语音引擎不支持这种机器。'),
    cause: both(
      'They come as native code for 64-bit Linux, macOS and Windows, on x64 and arm64; a 32-bit system has none.',
      '引擎是 64 位 Linux、macOS、Windows（x64 与 arm64）的原生程序，32 位系统没有。',
    ),
    remedy: both('Install a 64-bit system; on a Raspberry Pi the 64-bit one.', '换 64 位系统；树莓派请装 64 位版。'),
  },
  libc: {
    severity: 'fault',
    title: both('The C library of this system cannot load the speech engines.', '这个系统的 C 库无法加载语音引擎。'),
    cause: both(
      'Their native code is made for glibc 2.28 or newer; Alpine has musl, and very old distributions an older glibc.',
      '引擎的原生程序需要 glibc 2.28 或更新；Alpine 用的是 musl，很旧的发行版 glibc 也太旧。',
    ),
    remedy: both(
      'Use an image of Debian or Ubuntu (such as `node:22-slim`) instead of Alpine, or a newer distribution.',
      '用 Debian 或 Ubuntu 的镜像（例如 `node:22-slim`）代替 Alpine，或换新一些的发行版。',
    ),
  },
});

export function judgePlatform({ node, platform, arch, glibc }: PlatformFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (older(node, NODE_LEAST))
    findings.push(
      found(KNOWN.old, both(`Node.js is ${node}; 20.19 is the least.`, `Node.js 是 ${node}，至少要 20.19。`)),
    );
  if (!PLATFORMS.has(`${platform}-${arch}`))
    findings.push(found(KNOWN.platform, both(`This is ${platform} on ${arch}.`, `这是 ${arch} 上的 ${platform}。`)));
  else if (platform === 'linux' && glibc === undefined)
    findings.push(
      found(
        KNOWN.libc,
        both('The C library is not glibc (musl, as in Alpine).', 'C 库不是 glibc（像 Alpine 那样的 musl）。'),
      ),
    );
  else if (platform === 'linux' && older(glibc ?? '', GLIBC_LEAST))
    findings.push(found(KNOWN.libc, both(`glibc is ${glibc}; 2.28 is the least.`, `glibc 是 ${glibc}，至少要 2.28。`)));
  return orOk(findings, 'node', `Node.js ${node}, ${platform}-${arch}${glibc === undefined ? '' : `, glibc ${glibc}`}`);
}

function older(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** Facts about this process. */
export function platformFacts(): PlatformFacts {
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    glibc: report.header?.glibcVersionRuntime,
  };
}

export const platformCheck: Check = {
  id: 'node',
  about: both('Node.js, operating system, processor, C library', 'Node.js、操作系统、处理器、C 库'),
  where: 'here',
  issues: Object.values(KNOWN),
  run: () => Promise.resolve(judgePlatform(platformFacts())),
};
