/** Platform of the machine on which the packages will run. */
export interface Target {
  /** Values of Node's `process.platform` and `process.arch`. */
  readonly platform: string;
  readonly arch: string;
  readonly libc: 'glibc' | 'musl';
}

export function thisTarget(): Target {
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return {
    platform: process.platform,
    arch: process.arch,
    libc: report.header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc',
  };
}

/** Parses a name such as `linux-x64`, with glibc as the libc. The caller validates the name. */
export function targetOf(name: string): Target {
  const [platform = '', arch = ''] = name.split('-');
  return { platform, arch, libc: 'glibc' };
}

export function nameOf({ platform, arch }: Target): string {
  return `${platform}-${arch}`;
}
