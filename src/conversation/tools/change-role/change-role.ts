import { ChorusError, type Bilingual, type UiLanguage, uiLanguage } from '../../../core/index.js';
import type { Agent } from '../../../records/index.js';
import type { ToolAnswer } from '../tool.js';
import type { OfferedTool, ToolSource } from '../tool-source.js';

export const CHANGE_ROLE = 'change_role';

export interface ChangeRoleOptions {
  /** Language of the conversation. */
  readonly language: () => string;
  /** Other agents of the device; an undefined member means the configured assistant. */
  readonly roles: () => readonly (Agent | undefined)[];
  /** Keeps the choice; resolves when it is on disk. */
  readonly change: (to: Agent | undefined) => Promise<void>;
}

const CONFIGURED: Bilingual = { en: 'Assistant', zh: '助手' };

/** Lets a person call another agent: "be my English teacher". Offered if the device has other agents. */
export function changeRoleTool(options: ChangeRoleOptions): ToolSource {
  const names = (words: UiLanguage): readonly string[] => options.roles().map((role) => nameOf(role, words));
  const list = (): readonly OfferedTool[] => {
    const words = uiLanguage(options.language());
    const roles = names(words);
    return roles.length === 0 ? [] : [offered(roles, words)];
  };
  return {
    id: 'server',
    list,
    async call(name, input): Promise<ToolAnswer> {
      const words = uiLanguage(options.language());
      if (name !== CHANGE_ROLE) throw new ChorusError('tool.failed', 'there is no tool of that name');
      const { role: wish } = input;
      const to = roleFor(options.roles(), typeof wish === 'string' ? wish : '');
      if (to === 'none') throw new ChorusError('tool.failed', `there are only: ${names(words).join(', ')}`);
      await options.change(to.role);
      const called = nameOf(to.role, words);
      return {
        text: `From the next utterance on ${called} answers.`,
        say: words === 'zh' ? `好的，接下来由${called}陪你。` : `All right, here comes ${called}.`,
      };
    },
  };
}

function offered(roles: readonly string[], words: UiLanguage): OfferedTool {
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
    // An effect, so that the tool is not called before the question is certain.
    effects: 'home',
    confirm: false,
  };
}

function nameOf(role: Agent | undefined, words: UiLanguage): string {
  return role?.name ?? CONFIGURED[words];
}

/** Finds the wanted role. Models do not always use the exact names. */
function roleFor(roles: readonly (Agent | undefined)[], wish: string): { readonly role: Agent | undefined } | 'none' {
  const said = plain(wish);
  if (said === '') return 'none';
  const namesOf = (role: Agent | undefined): string[] =>
    [role?.id, ...(role === undefined ? Object.values(CONFIGURED) : [role.name])].map((name) => plain(name ?? ''));
  const found =
    roles.findIndex((role) => namesOf(role).includes(said)) + 1 ||
    roles.findIndex((role) =>
      namesOf(role).some((name) => name !== '' && (name.includes(said) || said.includes(name))),
    ) + 1;
  return found === 0 ? 'none' : { role: roles[found - 1] };
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
