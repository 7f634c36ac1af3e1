import { Option } from 'commander';
import type { DefineCommand } from '../command.js';
import { translatedError } from '../../core/index.js';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  makeBundle,
  nameOf,
  targetOf,
  thisTarget,
  type BundledModel,
} from '../../maintenance/offline-package/index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { upkeepWords } from '../words/upkeep.js';
import { withModelStore } from './models.js';
import { asJson } from '../terminal/json.js';

export const define: DefineCommand = (command, { context, dataOption, run }) => {
  const { help } = upkeepWords[context.language];
  command
    .option('--out <file>', help.out)
    .option('--models <ids>', help.models)
    .addOption(new Option('--platform <platform>', help.platform).choices(['linux-x64', 'linux-arm64']))
    .addOption(dataOption())
    .option('--json', context.words.help.json)
    .action(run(runBundle));
};

interface BundleFlags {
  readonly data: string;
  readonly out?: string;
  /** Model ids, separated by commas. */
  readonly models?: string;
  readonly platform?: string;
  readonly json?: boolean;
}

/** The folder of package.json, one level above dist/ or src/. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

async function runBundle(flags: BundleFlags, context: CliContext): Promise<ExitCode> {
  const words = upkeepWords[context.language].bundle;
  const { err, out, colours } = context;
  const target =
    flags.platform === undefined || flags.platform === nameOf(thisTarget()) ? undefined : targetOf(flags.platform);
  const bundle = await makeBundle({
    root: ROOT,
    target,
    models: await modelsOf(flags, context),
    fileOf: (folder) => resolve(flags.out ?? `${folder}.tar.gz`),
    env: context.env,
    signal: context.interrupted,
    onStep: ({ type, what }) => {
      if (!flags.json) err(`${type === 'packages' ? words.packages(what) : words.packing(what)}\n`);
    },
  });
  if (flags.json) {
    out(asJson(bundle));
    return EXIT.ok;
  }
  out(
    `${words.contents(bundle.version, bundle.platform, bundle.models.join(context.language === 'zh' ? '、' : ', '))}\n`,
  );
  out(`${words.written(bundle.file, (bundle.bytes / 1e6).toFixed(1), bundle.sha256)}\n`);
  if (bundle.foreign) out(`${colours.yellow(words.untested(bundle.platform))}\n`);
  out(`${words.next(bundle.folder)}\n`);
  return EXIT.ok;
}

/** By default all models in the data folder, except those that come with the npm package. Error: `model.missing`. */
async function modelsOf(flags: BundleFlags, context: CliContext): Promise<readonly BundledModel[]> {
  const asked = flags.models?.split(',').filter((id) => id !== '');
  return withModelStore({ data: flags.data, set: [] }, context, (store) => {
    const ids =
      asked ??
      store.catalogue
        .filter(({ id, downloadBytes }) => downloadBytes > 0 && store.installed(id) !== undefined)
        .map(({ id }) => id);
    return Promise.resolve(
      ids.flatMap((id) => {
        const installed = store.installed(id);
        if (!installed) throw translatedError('model.missing', upkeepWords[context.language].bundle.noModel(id));
        return [{ id, directory: installed.directory }];
      }),
    );
  });
}
