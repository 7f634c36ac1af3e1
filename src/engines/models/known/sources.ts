import type { CatalogueFile, Mirror, ModelSource } from './entry.js';

/** On Hugging Face, the content of a commit never changes. The default revision is a branch, which may change. */
export const hugging = (name: string, revision = 'main', owner = 'csukuangfj'): readonly Mirror[] =>
  (['hf-mirror', 'huggingface'] as const).map((mirror) => ({
    name: mirror,
    place: mirror === 'hf-mirror' ? 'china' : 'world',
    baseUrl:
      `https://${mirror === 'hf-mirror' ? 'hf-mirror.com' : 'huggingface.co'}` +
      `/${owner}/${name}/resolve/${revision}`,
  }));

export const modelScope = (repository: string, revision = 'master'): Mirror => ({
  name: 'modelscope',
  place: 'china',
  baseUrl: `https://www.modelscope.cn/models/${repository}/resolve/${revision}`,
});

/** The publisher uploads some of sherpa-onnx's archives to ModelScope. */
export const modelScopeArchive = (repository: string, archive: string): Mirror => ({
  name: 'modelscope',
  place: 'china',
  archiveUrl: `https://www.modelscope.cn/models/${repository}/resolve/master/${archive}.tar.bz2`,
});

const released = (tag: string, file: string): string =>
  `https://github.com/k2-fsa/sherpa-onnx/releases/download/${tag}/${file}`;
/** A proxy, because GitHub's downloads are slow or blocked in China. */
const proxied = (url: string): string => `https://gh-proxy.com/${url}`;

/** An archive from sherpa-onnx's releases, directly and through a proxy for China. */
export const release = (tag: string, archive: string, sha256?: string): readonly Mirror[] => {
  const archiveUrl = released(tag, `${archive}.tar.bz2`);
  const hash = sha256 === undefined ? {} : { sha256 };
  return [
    { name: 'gh-proxy', place: 'china', archiveUrl: proxied(archiveUrl), ...hash },
    { name: 'github', place: 'world', archiveUrl, ...hash },
  ];
};

export const from = (...mirrors: readonly (Mirror | readonly Mirror[])[]): ModelSource => ({
  type: 'download',
  mirrors: mirrors.flat(),
});

export const file = (name: string, sizeBytes?: number, sha256?: string): CatalogueFile => ({
  name,
  ...(sizeBytes !== undefined && { sizeBytes }),
  ...(sha256 !== undefined && { sha256 }),
});

/** A file that a release offers outside of archives. */
export const releasedFile = (tag: string, name: string, sizeBytes?: number, sha256?: string): CatalogueFile => ({
  ...file(name, sizeBytes, sha256),
  at: [released(tag, name), proxied(released(tag, name))],
});

/** In bytes. Unknown sizes are left out. */
export const bytesOf = (files: readonly CatalogueFile[]): number =>
  files.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);

export const NO_HASH = 'the hashes of its files are recorded at the first download';
