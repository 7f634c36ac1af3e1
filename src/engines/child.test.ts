import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const CHILDREN = [
  '../speech/listening/process/listening-child.ts',
  '../speech/listening/prosody/turn-child.ts',
  '../speech/speaking/encoding/speaking-child.ts',
  '../speech/speaking/recordings/recording-child.ts',
  './sherpa/sherpa-child.ts',
];

async function packagesOf(entry: string): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.inputs).flatMap(({ imports: made }) => made);
  return new Set(imports.filter(({ external }) => external === true).map(({ path }) => path));
}

it.each(CHILDREN)(
  '%s does not load the schemas of the configuration, which take megabytes in each process',
  async (entry) => {
    const packages = await packagesOf(entry);
    expect(packages.has('zod')).toBe(false);
    expect(packages.size).toBeGreaterThan(0);
  },
);

it('the main process does load these schemas, so the test above can fail', async () => {
  expect((await packagesOf('./index.ts')).has('zod')).toBe(true);
});
