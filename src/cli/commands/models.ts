import { Argument, type Command } from 'commander';
import type { DefineCommand } from '../command.js';
import { join } from 'node:path';
import { alignedRows, ChorusError, noMetrics, Scope, silentLogger, uiLanguage } from '../../core/index.js';
import { CHINESE_MODEL, createModelStore, type ModelProgress, type ModelStore } from '../../engines/index.js';
import { dataFlag, type CliContext, type ConfigFlags, type JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand } from '../configuration/load.js';
import { progressLine, type ProgressLine } from '../terminal/progress-line.js';
import { TransferRate } from '../terminal/transfer-rate.js';
import { modelsWords } from '../words/models.js';
import { asJson } from '../terminal/json.js';

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = modelsWords[context.language];
  const add = (name: string, about: string): Command => configured(group, name, about);
  add('list', help.list).action(run(listModels));
  add('pull', help.pull)
    .argument('<id>', help.id)
    .option('--from <url>', help.from)
    .option('--file <path>', help.file)
    .option('--force', help.force)
    .action(run(pullModel));
  add('verify', help.verify).addArgument(new Argument('[ids...]', help.ids)).action(run(verifyModels));
  add('rm', help.rm).argument('<id>', help.id).action(run(removeModel));
};

interface PullFlags extends JsonFlags {
  readonly from?: string;
  readonly file?: string;
  readonly force?: boolean;
}

export function listModels(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  return withModelStore(flags, context, async (store) => {
    const rows = store.catalogue
      .filter(({ id, hidden }) => hidden !== true || store.installed(id) !== undefined)
      .map((model) => ({ model, progress: store.progressOf(model.id) }));
    if (flags.json) {
      const list = rows.map(({ model, progress }) => ({
        id: model.id,
        kind: model.kind,
        languages: model.languages,
        licence: model.licence,
        downloadBytes: model.downloadBytes,
        state: progress.state,
        ...(model.unverified !== undefined && { unverified: model.unverified }),
      }));
      context.out(asJson(list));
      return EXIT.ok;
    }
    const { colours, language } = context;
    const width = Math.max(...rows.map(({ model }) => model.id.length));
    const { state, kinds, included } = modelsWords[language];
    const lines = alignedRows(
      rows.map(({ model, progress }) => [
        model.id,
        state[progress.state],
        kinds[model.kind],
        model.downloadBytes === 0 ? included : `${Math.round(model.downloadBytes / 1e6)} MB`,
        model.about[language],
      ]),
      {
        style: (text, row, column) => {
          if (column !== 1) return text;
          return rows[row]?.progress.state === 'installed' ? colours.green(text) : colours.yellow(text);
        },
      },
    );
    for (const [row, { model }] of rows.entries()) {
      context.out(`${lines[row]}\n`);
      const small = [model.licence, ...(model.unverified === undefined ? [] : [modelsWords[language].unverified])].join(
        language === 'zh' ? '；' : '; ',
      );
      context.out(`${' '.repeat(width)}  ${colours.dim(small)}\n`);
    }
    const chinese = rows.find(({ model }) => model.id === CHINESE_MODEL);
    if (chinese?.progress.state === 'missing') {
      const command = `npx chorus models pull ${CHINESE_MODEL}${dataFlag(flags.data)}`;
      const megabytes = Math.round(chinese.model.downloadBytes / 1e6);
      context.out(`\n${modelsWords[language].chinese(CHINESE_MODEL, megabytes, command)}\n`);
    }
    return EXIT.ok;
  });
}

export function pullModel(id: string, flags: PullFlags, context: CliContext): Promise<ExitCode> {
  return withModelStore(flags, context, async (store) => {
    const line = progressLine(context);
    const rate = new TransferRate(context.clock);
    try {
      await store.pull(id, {
        signal: context.interrupted,
        onProgress: (progress) => showProgress(line, progress, rate, context),
        ...(flags.from !== undefined && { from: flags.from }),
        ...(flags.file !== undefined && { file: flags.file }),
        ...(flags.force !== undefined && { force: flags.force }),
      });
    } finally {
      line.end();
    }
    context.out(
      flags.json ? `${JSON.stringify({ id, state: 'installed' })}\n` : `${modelsWords[context.language].pulled(id)}\n`,
    );
    return EXIT.ok;
  });
}

/** Exit code 6 if a file is damaged. */
function verifyModels(ids: readonly string[], flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  return withModelStore(flags, context, async (store) => {
    const w = modelsWords[context.language];
    const chosen =
      ids.length > 0
        ? ids
        : store.catalogue.map((model) => model.id).filter((id) => store.progressOf(id).state === 'installed');
    if (chosen.length === 0 && !flags.json) context.out(`${w.none}\n`);
    const reports: { id: string; files: Awaited<ReturnType<ModelStore['verify']>> }[] = [];
    for (const id of chosen) {
      const files = await store.verify(id);
      reports.push({ id, files });
      if (flags.json) continue;
      const broken = files.filter((file) => file.result !== 'ok');
      if (broken.length === 0) context.out(`${context.colours.green(w.intact(id))}\n`);
      for (const file of broken)
        context.out(`${context.colours.red(w.broken(id, file.name, w.results[file.result]))}\n`);
    }
    if (flags.json) context.out(asJson(reports));
    return reports.every(({ files }) => files.every((file) => file.result === 'ok')) ? EXIT.ok : EXIT.model;
  });
}

function removeModel(id: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  return withModelStore(flags, context, async (store) => {
    const removed = await store.remove(id);
    const w = modelsWords[context.language];
    context.out(
      flags.json ? `${JSON.stringify({ id, removed })}\n` : `${removed ? w.removed(id) : w.notInstalled(id)}\n`,
    );
    return removed ? EXIT.ok : EXIT.model;
  });
}

export async function withModelStore<T>(
  flags: ConfigFlags,
  context: CliContext,
  work: (store: ModelStore) => Promise<T>,
): Promise<T> {
  const { config } = await loadForCommand(flags, context);
  const failures: unknown[] = [];
  const scope = new Scope('models', (_name, error) => failures.push(error));
  try {
    const { locale } = config.models;
    const store = await createModelStore({
      directory: join(flags.data, 'models'),
      locale:
        locale === 'auto'
          ? uiLanguage(Intl.DateTimeFormat().resolvedOptions().locale) === 'zh' || context.language === 'zh'
            ? 'cn'
            : 'world'
          : locale,
      mirrors: config.models.mirrors,
      clock: context.clock,
      log: silentLogger,
      metrics: noMetrics,
      scope,
    });
    const result = await work(store);
    if (failures.length > 0)
      throw new ChorusError('internal', 'a task of the model store failed', { cause: failures[0] });
    return result;
  } finally {
    await scope.close();
  }
}

function showProgress(line: ProgressLine, progress: ModelProgress, rate: TransferRate, { language }: CliContext): void {
  const words = modelsWords[language];
  const state = modelsWords[language].state[progress.state];
  const mirror = progress.mirror === undefined ? '' : ` ${modelsWords[language].from(progress.mirror)}`;
  const { receivedBytes, totalBytes } = progress;
  const total = totalBytes === undefined ? '' : ` / ${(totalBytes / 1e6).toFixed(0)}`;
  const megabytes = receivedBytes === 0 ? '' : ` ${(receivedBytes / 1e6).toFixed(0)}${total} MB`;
  const speed = progress.state === 'downloading' ? rate.of(receivedBytes, totalBytes) : undefined;
  // The remaining time is shown only on a live line. Elsewhere, each change of it would print another line.
  const left =
    speed === undefined || !line.live
      ? ''
      : ` (${words.rate(speed.megabytesPerSecond.toFixed(1), words.left(...speed.left))})`;
  const why = progress.reason === undefined ? '' : `: ${progress.reason}`;
  line.update(`${progress.id}: ${state}${megabytes}${left}${mirror}${why}`, progress.fraction);
}
