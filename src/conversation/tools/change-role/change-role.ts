import { lettersOf } from '../../dialogue/text/characters.js';
import { type UiLanguage, uiLanguage } from '../../../core/index.js';
import type { Agent } from '../../../records/index.js';
import type { ToolAnswer } from '../tool.js';
import type { OfferedTool, ToolSource } from '../tool-source.js';
import { noSuchTool, toolFailed } from '../tool-errors.js';
import { TOOL_TEXTS } from '../words.js';
import { roleWords } from './words.js';

export const CHANGE_ROLE = 'change_role';
export const HANDOFF = 'handoff';

export interface ChangeRoleOptions {
  readonly language: () => string;
  /** An undefined entry is the configured assistant. */
  readonly roles: () => readonly (Agent | undefined)[];
  /** Resolves when the choice is on disk. The next agent gets `summary`. */
  readonly change: (to: Agent | undefined, summary: string | undefined) => Promise<void>;
}

/**
 * Two tools for a device that has other agents. With one tool, a person changes to another agent. With the other, the
 * agent itself hands over and passes on a summary.
 */
export function changeRoleTool(options: ChangeRoleOptions): ToolSource {
  const names = (words: UiLanguage): readonly string[] => options.roles().map((role) => nameOf(role, words));
  const list = (): readonly OfferedTool[] => {
    const words = uiLanguage(options.language());
    const roles = names(words);
    return roles.length === 0 ? [] : [changeOffer(roles, words), handoffOffer(roles, words)];
  };
  return {
    id: 'server',
    list,
    async call(name, input): Promise<ToolAnswer> {
      const words = uiLanguage(options.language());
      if (name !== CHANGE_ROLE && name !== HANDOFF) throw noSuchTool();
      const { role: requested, summary } = input;
      const to = roleFor(options.roles(), typeof requested === 'string' ? requested : '');
      if (to === 'none') throw toolFailed((texts) => texts.roles.only(names(words)));
      if (name === HANDOFF && (typeof summary !== 'string' || summary.trim() === ''))
        throw toolFailed(({ calls, roles }) => calls.wrongArguments(roles.noSummary));
      await options.change(to.role, name === HANDOFF ? (summary as string) : undefined);
      const called = nameOf(to.role, words);
      return {
        text: TOOL_TEXTS[words].roles.next(called),
        say: roleWords.changed(called)[words],
      };
    },
  };
}

function changeOffer(roles: readonly string[], words: UiLanguage): OfferedTool {
  return {
    name: CHANGE_ROLE,
    description: roleWords.change(roles)[words],
    inputSchema: {
      type: 'object',
      properties: { role: { type: 'string', enum: roles } },
      required: ['role'],
    },
    // Not `none`, because a tool with that effect could run before the user has finished speaking.
    effects: 'home',
    confirm: false,
  };
}

function handoffOffer(roles: readonly string[], words: UiLanguage): OfferedTool {
  return {
    name: HANDOFF,
    description: roleWords.handOff(roles)[words],
    inputSchema: {
      type: 'object',
      properties: {
        role: { type: 'string', enum: roles },
        summary: { type: 'string', description: roleWords.summary[words] },
      },
      required: ['role', 'summary'],
    },
    effects: 'home',
    confirm: false,
  };
}

function nameOf(role: Agent | undefined, words: UiLanguage): string {
  return role?.name ?? roleWords.assistant[words];
}

const namesOf = (role: Agent | undefined): string[] =>
  [role?.id, ...(role === undefined ? Object.values(roleWords.assistant) : [role.name])].map((name) =>
    lettersOf(name ?? ''),
  );

/** Also accepts a part of a name, because models do not always use the exact names. */
function roleFor(
  roles: readonly (Agent | undefined)[],
  requested: string,
): { readonly role: Agent | undefined } | 'none' {
  const said = lettersOf(requested);
  if (said === '') return 'none';
  const found =
    roles.findIndex((role) => namesOf(role).includes(said)) + 1 ||
    roles.findIndex((role) =>
      namesOf(role).some((name) => name !== '' && (name.includes(said) || said.includes(name))),
    ) + 1;
  return found === 0 ? 'none' : { role: roles[found - 1] };
}
