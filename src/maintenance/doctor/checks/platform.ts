import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { platformWords } from '../words/platform.js';

export interface PlatformFacts {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Undefined if the C library is not glibc. */
  readonly glibc: string | undefined;
}

/** The minimum in `engines` of package.json. */
const NODE_LEAST = [20, 19] as const;
/** Platforms for which onnxruntime, sherpa-onnx, libsql and Opus have native code. */
const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64']);
/** Oldest glibc that can load the native code of onnxruntime-node 1.24. */
const GLIBC_LEAST = [2, 28] as const;

const KNOWN = issues('node', platformWords.issues, { old: 'fault', platform: 'fault', libc: 'fault' });

export function judgePlatform({ node, platform, arch, glibc }: PlatformFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (older(node, NODE_LEAST)) findings.push(found(KNOWN.old, platformWords.oldNode(node)));
  if (!PLATFORMS.has(`${platform}-${arch}`))
    findings.push(found(KNOWN.platform, platformWords.unsupported(platform, arch)));
  else if (platform === 'linux' && glibc === undefined) findings.push(found(KNOWN.libc, platformWords.musl));
  else if (platform === 'linux' && older(glibc ?? '', GLIBC_LEAST))
    findings.push(found(KNOWN.libc, platformWords.oldGlibc(glibc)));
  return orOk(findings, 'node', `Node.js ${node}, ${platform}-${arch}${glibc === undefined ? '' : `, glibc ${glibc}`}`);
}

function older(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

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
  about: platformWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: () => Promise.resolve(judgePlatform(platformFacts())),
};
