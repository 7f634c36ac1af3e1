import { Argument, type Command } from 'commander';
import type { DefineCommand } from '../command.js';
import { applyConfigFile, rollbackConfig } from './config-apply.js';
import { backupConfig, diffConfig, listConfigBackups } from './config-backup.js';
import { importConfig } from './config-import.js';
import { configurationWords } from '../words/configuration.js';
import { movingOverWords } from '../words/moving-over.js';
import { configJsonSchema, describeMistake, describeNote, maskSecrets, showConfig } from '../../config/index.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand, loadOptions, loadWithPlugins, printNotes } from '../configuration/load.js';
import { asJson, printAnswer } from '../terminal/json.js';

export const define: DefineCommand = (group, { context, below, configured, run }) => {
  const words = configurationWords[context.language].help;
  const add = (name: string, about: string): Command => configured(group, name, about);
  add('check', words.check).action(run(checkConfig));
  add('show', words.show).action(run(printConfig));
  add('backup', words.backup).action(run(backupConfig));
  add('list', words.list).action(run(listConfigBackups));
  add('diff', words.diff).addArgument(new Argument('[file-or-id]', words.fileOrId)).action(run(diffConfig));
  add('apply', words.apply)
    .argument('<file>', words.file)
    .option('--no-verify', words.noVerify)
    .action(run(applyConfigFile));
  add('rollback', words.rollback)
    .addArgument(new Argument('[id]', words.id))
    .option('--no-verify', words.noVerify)
    .action(run(rollbackConfig));
  const moving = movingOverWords[context.language].help;
  add('import', moving.import)
    .argument('<source>', moving.source)
    .option('--dry-run', moving.dryRun)
    .option('--report <file>', moving.report)
    .option('--no-verify', words.noVerify)
    .action(run(importConfig));
  below(group, 'schema', words.schema).action(run(printSchema));
};

async function checkConfig(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  if (!flags.json) {
    const loaded = await loadForCommand(flags, context);
    printNotes(loaded, context);
    context.out(`${configurationWords[context.language].right(loaded.file, loaded.fileExists)}\n`);
    return EXIT.ok;
  }
  const result = await loadWithPlugins(loadOptions(flags, context), context);
  const mistakes = result.ok
    ? []
    : result.mistakes.map((mistake) => ({ ...mistake, text: describeMistake(mistake, context.language) }));
  const notes = result.notes.map((note) => describeNote(note, context.language));
  context.out(asJson({ ok: result.ok, file: result.file, mistakes, notes }));
  return result.ok ? EXIT.ok : EXIT.config;
}

async function printConfig(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const loaded = await loadForCommand(flags, context);
  return printAnswer(flags, context, maskSecrets(loaded.config), showConfig(loaded, context.language));
}

function printSchema(_flags: unknown, context: CliContext): ExitCode {
  context.out(asJson(configJsonSchema(context.language)));
  return EXIT.ok;
}
