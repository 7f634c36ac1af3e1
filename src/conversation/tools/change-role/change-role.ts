import { lettersOf } from '../../dialogue/text/characters.js';
import { type Bilingual, type UiLanguage, uiLanguage } from '../../../core/index.js';
import type { Agent } from '../../../records/index.js';
import type { ToolAnswer } from '../tool.js';
import type { OfferedTool, ToolSource } from '../tool-source.js';
import { noSuchTool, toolFailed } from '../tool-errors.js';
import { TOOL_TEXTS } from '../words.js';

export const CHANGE_ROLE = 'change_role';
export const HANDOFF = 'handoff';

export interface ChangeRoleOptions {
  /** Language of the conversation. */
  readonly language: () => string;
  /** Other agents of the device; an undefined member means the configured assistant. */
  readonly roles: () => readonly (Agent | undefined)[];
  /** Keeps the choice; resolves when it is on disk. `summary`: the words about this conversation for the next agent. */
  readonly change: (to: Agent | undefined, summary: string | undefined) => Promise<void>;
}

const CONFIGURED: Bilingual = { en: 'Assistant', zh: '助手' };

/**
 * Lets a person call another agent ("be my English teacher"), and an agent hand over to another one with a summary.
 * Offered if the device has other agents.
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
        say: words === 'zh' ? `好的，接下来由${called}陪你。` : `All right, here comes ${called}.`,
      };
    },
  };
}

function changeOffer(roles: readonly string[], words: UiLanguage): OfferedTool {
  return {
    name: CHANGE_ROLE,
    description:
      words === 'zh'
        ? `换一个角色来和用户对话。用户明确要求换成某个角色时才调用。可以换成：${roles.join('、')}`
        : `Lets another character talk with the user. Only when the user asks for it. There are: ${roles.join(', ')}`,
    inputSchema: {
      type: 'object',
      properties: { role: { type: 'string', enum: roles } },
      required: ['role'],
    },
    // A tool with an effect is not called before the question is certain.
    effects: 'home',
    confirm: false,
  };
}

function handoffOffer(roles: readonly string[], words: UiLanguage): OfferedTool {
  const zh = words === 'zh';
  return {
    name: HANDOFF,
    description: zh
      ? `用户要的事明显属于另一个角色时，把对话连同摘要交给它。可以交给：${roles.join('、')}`
      : 'Passes the conversation on, with a summary, when what the user wants is clearly the task of another ' +
        `character. There are: ${roles.join(', ')}`,
    inputSchema: {
      type: 'object',
      properties: {
        role: { type: 'string', enum: roles },
        summary: {
          type: 'string',
          description: zh
            ? '给它的两三句话：用户要什么，谈到了哪里'
            : 'Two or three sentences for it: what the user wants, and what was said so far',
        },
      },
      required: ['role', 'summary'],
    },
    effects: 'home',
    confirm: false,
  };
}

function nameOf(role: Agent | undefined, words: UiLanguage): string {
  return role?.name ?? CONFIGURED[words];
}

const namesOf = (role: Agent | undefined): string[] =>
  [role?.id, ...(role === undefined ? Object.values(CONFIGURED) : [role.name])].map((name) => lettersOf(name ?? ''));

/** Finds the wanted role. Models do not always use the exact names. */
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
