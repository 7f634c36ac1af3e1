import { Argument, type Command } from 'commander';
import type { CliContext } from './context.js';
import type { DevicesParts } from './devices-program.js';
import { AGENT_FIELD_LIST, kindOf } from '../records/index.js';
import { agentWords } from './messages/agents.js';

/** `chorus agents` and what stands below it. */
export function addAgents(program: Command, context: CliContext, { command, withConfig, finish }: DevicesParts): void {
  const { help } = agentWords[context.language];
  const group = command(program, 'agents', help.group).addHelpText('after', help.after);
  const add = (name: string, about: string): Command =>
    withConfig(command(group, name, about).option('--json', context.words.help.json));
  add('list', help.listAll).action(async (flags) =>
    finish(await (await import('./agents-command.js')).listAgents(flags, context)),
  );
  const set = add('set', help.set).argument('<id>', help.id);
  for (const [name, field] of AGENT_FIELD_LIST) {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const about = field.words[context.language] + (kindOf(field) === 'list' ? help.list : '');
    set.option(`--${flag} <${kindOf(field)}>`, about);
  }
  set
    .option('--prompt-file <file>', help.promptFile)
    .action(async (id: string, flags) =>
      finish(await (await import('./agents-command.js')).setAgent(id, flags, context)),
    );
  add('assign', help.assign)
    .argument('<device>', help.device)
    .addArgument(new Argument('[id]', help.id))
    .action(async (device: string, id: string | undefined, flags) =>
      finish(await (await import('./agents-command.js')).assignAgent(device, id, flags, context)),
    );
  add('rm', help.rm)
    .argument('<id>', help.id)
    .action(async (id: string, flags) =>
      finish(await (await import('./agents-command.js')).removeAgent(id, flags, context)),
    );
}
