import type { Config, Foundation } from '../config/index.js';
import {
  createConversation,
  KeptHistories,
  newHistory,
  type Conversation,
  type ConversationSettings,
  type KnownPassage,
  type LanguageModel,
} from '../conversation/dialogue/index.js';
import { modelCosts, type CostLedger } from '../conversation/costs/index.js';
import { keepingOf, MEMORY_TOOLS, memoryTools, type Memories } from '../conversation/memory/index.js';
import { knowledgeTool, SEARCH_KNOWLEDGE, sourceOf, type KnowledgeLibrary } from '../conversation/knowledge/index.js';
import { REMEMBER_VOICE, rememberVoice, type People } from '../conversation/people/index.js';
import { Questions, type Notices } from '../conversation/notices/index.js';
import type { DeviceIdentity, NoticeSource } from '../conversation/session/index.js';
import {
  changeRoleTool,
  CHANGE_ROLE,
  HANDOFF,
  HOME_REST_TOOLS,
  openSessionTools,
  type SessionTools,
  type Tool,
  type ToolDevice,
  type ToolSource,
} from '../conversation/tools/index.js';
import type { Store } from '../platform/store/index.js';
import type { Plugins } from '../plugin/index.js';
import { mayCall, type Agent, type TurnRecord } from '../records/index.js';
import { composeDailyUse } from './daily-use.js';
import type { Mcp } from './mcp.js';
import { composeMemories, memoryKindOf } from './memories.js';
import { composeRealtime, type Realtime } from './realtime.js';
import { composeTools, type HouseholdTools } from './tools.js';

export interface DialoguesParts {
  readonly store: Store;
  readonly llm: LanguageModel;
  /** False under load. */
  readonly mayPrepare: () => boolean;
  readonly plugins: Plugins;
  readonly mcp: Mcp;
  readonly ledger: CostLedger;
  readonly knowledge: KnowledgeLibrary;
  readonly people: People;
}

export interface Dialogues {
  readonly memories: Memories;
  readonly notices: Notices;
  readonly questions: Questions;
  readonly noticeSource: NoticeSource;
  speakBy(notify: Parameters<Notices['speakBy']>[0]): void;
  agentOf(deviceId: string, identity: DeviceIdentity): Promise<Agent | undefined>;
  conversation(identity: DeviceIdentity, agent: Agent | undefined): Conversation;
  tools(device: ToolDevice): SessionTools;
  noteMusic(deviceId: string, agent: Agent | undefined, musicMs: number): void;
  /** `turnId` is the turn's id in the history. */
  note(turnId: string, turn: TurnRecord): void;
  forget(deviceId: string): void;
  /** Forgets earlier conversations, so that they are not continued. An undefined id matches every device or agent. */
  forgetHistories(deviceId: string | undefined, agentId: string | undefined): void;
}

export function composeDialogues(foundation: Foundation, parts: DialoguesParts): Dialogues {
  const { live, common } = foundation;
  const { store, plugins } = parts;
  const histories = new KeptHistories({
    clock: common.clock,
    keepMs: () => live.current.session.resume_ms,
    create: () => newHistory(() => live.current.llm.history_turns),
  });
  const memories = composeMemories(foundation, parts);
  const use = composeDailyUse(foundation, store);
  const realtime = composeRealtime(foundation, parts.ledger);
  const costs = modelCosts(() => live.current, parts.ledger, realtime);
  const tools = composeTools(foundation, store, plugins, [...memoryTools(memories), ...moreTools(parts)]);
  const questions = new Questions(common.clock);
  parts.mcp.offerFrom(tools.current);
  return {
    memories,
    notices: tools.notices,
    questions,
    noticeSource: questions.beside(tools.notices),
    speakBy(notify) {
      tools.notices.speakBy(notify);
      questions.askBy(notify);
    },
    async agentOf(deviceId, { timeZone }) {
      const [agent] = await Promise.all([store.agents.agentOf(deviceId), use.open(deviceId, timeZone)]);
      await realtime.load(agent);
      return agent;
    },
    conversation: conversations(foundation, parts, {
      histories,
      memories,
      realtime,
      questions,
      use,
      costs,
      weather: tools.weather,
    }),
    tools: (device) => toolsFor(device, foundation, { ...parts, realtime, histories }, tools),
    noteMusic: (deviceId, agent, musicMs) => use.addMusic(deviceId, agent, musicMs),
    note(turnId, turn) {
      if (turn.outcome === 'played') return;
      costs.note(turn);
      use.add(turn);
      memories.note(turnId, turn);
    },
    forgetHistories: (deviceId, agentId) => histories.forget(deviceId, agentId),
    forget(deviceId) {
      histories.forget(deviceId);
      use.forget(deviceId);
      costs.forget(deviceId);
      memories.forgetDevice(deviceId);
      tools.notices.forget(deviceId);
      foundation.root.fork('memory services', (signal) => memories.forgetAtServices({ deviceId }, signal));
    },
  };
}

interface OpeningParts {
  readonly histories: KeptHistories;
  readonly memories: ReturnType<typeof composeMemories>;
  readonly realtime: Realtime;
  readonly questions: Questions;
  readonly use: ReturnType<typeof composeDailyUse>;
  readonly costs: ReturnType<typeof modelCosts>;
  readonly weather: HouseholdTools['weather'];
}

function conversations(
  foundation: Foundation,
  parts: DialoguesParts,
  { histories, memories, realtime, questions, use, costs, weather }: OpeningParts,
): Dialogues['conversation'] {
  const { live, common } = foundation;
  const { llm } = parts;
  return (identity, agent) => {
    const { deviceId, language, board } = identity;
    // The agent also changes between two turns.
    costs.talksTo(deviceId, agent);
    const memory = memories.open(identity, agent);
    const spoken = realtime.open(identity, agent, () => llm.current(agent?.service));
    const history = histories.of(deviceId, agent?.id);
    const conversation = createConversation({
      ...common,
      device: board,
      history,
      onHeard: () => histories.used(deviceId, agent?.id, history),
      ...(memory && { memory }),
      weather,
      knowledge: { recall: (text) => recalled(text, agent, foundation, parts) },
      settings: () => ({
        ...settingsOf(live.current, llm, agent),
        ...(spoken && { llm: spoken.llm }),
        refusal: use.refusal(deviceId, agent, language) ?? costs.refusal(deviceId, agent, language),
      }),
    });
    const { recognizer, close } = spoken ?? {};
    return questions.within(deviceId, {
      ...conversation,
      ...(recognizer && { recognizer }),
      ...(close && { close }),
    });
  };
}

interface RoleParts {
  readonly store: Pick<Store, 'agents'>;
  readonly realtime: Realtime;
  readonly histories: KeptHistories;
}

function moreTools({ store: { agents }, knowledge, people }: DialoguesParts): readonly Tool[] {
  const documents = knowledgeTool(knowledge, (agentId) => agents.agent(agentId));
  return [documents, rememberVoice(people)];
}

/** Finds no passages for a model that answers by rules, because such a model does not read them. */
async function recalled(
  text: string,
  agent: Agent | undefined,
  { live }: Foundation,
  { llm, knowledge }: DialoguesParts,
): Promise<readonly KnownPassage[]> {
  if (!live.current.knowledge.automatic || llm.current(agent?.service).byRules === true) return [];
  const found = await knowledge.recall(text, agent?.knowledge);
  return found.map((passage) => ({ source: sourceOf(passage), text: passage.text }));
}

function toolsFor(
  device: ToolDevice,
  { live, common: { clock, log } }: Foundation,
  { store, mcp, knowledge, people, realtime, histories }: DialoguesParts & RoleParts,
  tools: HouseholdTools,
): SessionTools {
  const agent = (): Agent | undefined => device.agent();
  return openSessionTools(device, {
    server: tools.current(),
    own: [roleTool(device, { store, realtime, histories })],
    shared: mcp.sources(() => agent()?.id),
    // Models do not get these REST tools if the agent may use a tool of Home Assistant's MCP server.
    forRules: (name) =>
      HOME_REST_TOOLS.has(name) && mcp.homeTools().some((other) => isAllowed(other, agent(), live.current)),
    allowed: ({ name }) =>
      (name !== REMEMBER_VOICE || people.on) &&
      (name !== SEARCH_KNOWLEDGE || knowledge.has(agent()?.knowledge)) &&
      isAllowed(name, agent(), live.current),
    clock,
    log,
  });
}

function settingsOf({ llm }: Config, model: LanguageModel, agent: Agent | undefined): ConversationSettings {
  return {
    llm: model.current(agent?.service),
    model: agent?.model,
    persona: agent?.prompt ?? llm.prompt,
    name: agent?.name,
    place: agent?.place,
    contentRules: agent?.contentRules,
    maxTokens: llm.max_tokens,
    historyTurns: llm.history_turns,
  };
}

/** Changing the agent is always allowed, because the device's owner decides about changes. */
function isAllowed(name: string, agent: Agent | undefined, config: Config): boolean {
  if (name === CHANGE_ROLE || name === HANDOFF) return true;
  if (MEMORY_TOOLS.has(name) && keepingOf(memoryKindOf(config, agent)) !== 'single_facts') return false;
  return agent === undefined || mayCall(agent, name);
}

/** Offers no agents until the database has answered. */
function roleTool(device: ToolDevice, { store, realtime, histories }: RoleParts): ToolSource {
  const { agents } = store;
  const { deviceId } = device.identity;
  let roles: readonly (Agent | undefined)[] = [];
  const look = async (): Promise<void> => {
    roles = await agents.rolesOf(deviceId);
  };
  device.scope.fork('roles of a device', look);
  return changeRoleTool({
    language: () => device.identity.language,
    roles: () => roles.filter((role) => role?.id !== device.agent()?.id),
    async change(role, summary) {
      await agents.changeRole(deviceId, role?.id);
      await realtime.load(role);
      if (summary !== undefined) histories.handOver(deviceId, role?.id, summary);
      // The turn keeps its agent. The chosen agent takes over with the next turn.
      device.change(role);
      await look();
    },
  });
}
