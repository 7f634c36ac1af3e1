import { readFile } from 'node:fs/promises';
import type { PersonView, WipedAnswer } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext, ConfigFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import { asJson } from '../terminal/json.js';
import { table } from '../terminal/table.js';
import { unreadableFile } from '../unreadable-file.js';
import { peopleWords } from '../words/people.js';

interface PeopleFlags extends ConfigFlags {
  readonly json?: boolean;
}

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = peopleWords[context.language];
  group.addHelpText('after', help.after);
  configured(group, 'list', help.list).action(run(listPeople));
  configured(group, 'add', help.add).argument('<name>', help.name).argument('<file>', help.file).action(run(addPerson));
  configured(group, 'rename', help.rename)
    .argument('<who>', help.who)
    .argument('<name>', help.name)
    .action(run(renamePerson));
  configured(group, 'forget', help.forget).argument('<who>', help.who).action(run(forgetPerson));
  configured(group, 'wipe', help.wipe)
    .argument('<name>', help.name)
    .option('--voice', help.voice)
    .action(run(wipePerson));
};

export async function listPeople(flags: PeopleFlags, context: CliContext): Promise<ExitCode> {
  const { columns, none, off } = peopleWords[context.language];
  const { people, on } = await peopleOf(await adminClient(flags, context));
  const rows = people.map(({ id, name, createdMs }) => [id, name, new Date(createdMs).toISOString().slice(0, 10)]);
  const known =
    people.length === 0
      ? `${none}\n`
      : table([columns.id, columns.name, columns.day], rows, (cell, row) =>
          row < 0 ? context.colours.dim(cell) : cell,
        );
  return say(flags, context, people, on ? known : `${known}${off}\n`);
}

export async function addPerson(
  name: string,
  file: string,
  flags: PeopleFlags,
  context: CliContext,
): Promise<ExitCode> {
  const words = peopleWords[context.language];
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadableFile(file, context, error);
  });
  const query = new URLSearchParams({ name }).toString();
  const answer = await (await adminClient(flags, context)).call('POST', `/people?${query}`, new Uint8Array(bytes));
  return say(flags, context, answer, `${words.added(name)}\n`);
}

export async function renamePerson(
  who: string,
  name: string,
  flags: PeopleFlags,
  context: CliContext,
): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  await api.call('PATCH', `/people/${encodeURIComponent(await idOf(who, api))}`, { name });
  return say(flags, context, { renamed: name }, `${peopleWords[context.language].renamed(name)}\n`);
}

export async function forgetPerson(who: string, flags: PeopleFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const id = await idOf(who, api);
  await api.call('DELETE', `/people/${encodeURIComponent(id)}`);
  return say(flags, context, { forgotten: id }, `${peopleWords[context.language].forgotten(who)}\n`);
}

export async function wipePerson(
  name: string,
  flags: PeopleFlags & { readonly voice?: boolean },
  context: CliContext,
): Promise<ExitCode> {
  const query = new URLSearchParams({ name, ...(flags.voice === true && { voice: 'true' }) });
  const answer = await (await adminClient(flags, context)).call('DELETE', `/people?${query.toString()}`);
  const { memories, turns, voice } = answer as WipedAnswer;
  return say(
    flags,
    context,
    answer,
    `${peopleWords[context.language].wiped(name, memories, turns, voice)}
`,
  );
}

/** If nobody has the name, the text is used as an id. The server refuses an unknown id. */
async function idOf(who: string, api: AdminClient): Promise<string> {
  const { people } = await peopleOf(api);
  return people.find(({ name }) => name.toLowerCase() === who.toLowerCase())?.id ?? who;
}

async function peopleOf(api: AdminClient): Promise<{ readonly people: readonly PersonView[]; readonly on: boolean }> {
  return (await api.call('GET', '/people')) as { readonly people: readonly PersonView[]; readonly on: boolean };
}

function say({ json }: PeopleFlags, { out }: CliContext, answer: unknown, text: string): ExitCode {
  out(json === true ? asJson(answer) : text);
  return EXIT.ok;
}
