import { Circuits, keyIn, providers, ServiceGates, type LlmProvider, type Spender } from '../providers/index.js';
import { systemPrompt, type Conversation } from '../conversation/dialogue/index.js';
import type * as Code from '../conversation/realtime/index.js';
import type { DeviceIdentity } from '../conversation/session/index.js';
import type { Agent } from '../records/index.js';
import type { Foundation } from '../config/index.js';

export interface RealtimeConversation extends Required<Pick<Conversation, 'recognizer' | 'close'>> {
  /** Answers with the model from `ordinary` if the realtime model cannot answer. */
  readonly llm: LlmProvider;
}

export interface Realtime {
  /** Loads the code for an agent with a realtime model. Resolves at once for any other agent. */
  load(agent: Agent | undefined): Promise<void>;
  /** Undefined if the agent has no realtime model, or if the configuration does not offer the model. */
  open(
    identity: DeviceIdentity,
    agent: Agent | undefined,
    ordinary: () => LlmProvider,
  ): RealtimeConversation | undefined;
  isPaid(agent: Agent | undefined): boolean;
}

export function composeRealtime(foundation: Foundation, spender: Spender): Realtime {
  const { live, common } = foundation;
  const serviceOf = realtimeServices(foundation, spender);
  let code: typeof Code | undefined;
  return {
    async load(agent) {
      if (agent?.realtime === undefined) return;
      if (serviceOf(agent.realtime)) code ??= await import('../conversation/realtime/index.js');
      else
        common.log.warn('The realtime model of an agent is not in realtime.services; the ordinary chain answers', {
          problem: 'realtime.not_offered',
          agent: agent.id,
          model: agent.realtime,
        });
    },
    open(identity, agent, ordinary) {
      const { realtime: id } = agent ?? {};
      if (!code || agent === undefined || id === undefined || !serviceOf(id)) return undefined;
      const { deviceId, language } = identity;
      const voice = realtimeVoice(agent);
      const link = new code.RealtimeLink({
        ...common,
        deviceId,
        service: () => serviceOf(id),
        opening: () => ({
          device: deviceId,
          language,
          name: agent.name,
          voice,
          instructions: promptOf(agent.prompt ?? live.current.llm.prompt, identity, agent, common.clock.wallMs()),
        }),
      });
      const { RealtimeRecognizer, RealtimeModel } = code;
      let own: Code.RealtimeRecognizer | undefined;
      return {
        llm: new RealtimeModel({ ...common, link, deviceId, ordinary }),
        recognizer: (recognizer) => (own ??= new RealtimeRecognizer(link, recognizer, common.clock)),
        close() {
          own?.close();
          link.close();
        },
      };
    },
    isPaid: (agent) =>
      agent?.realtime !== undefined &&
      serviceOf(agent.realtime) !== undefined &&
      providers.realtimeModel(agent.realtime)?.key !== undefined,
  };
}

function realtimeServices(
  { live, common }: Foundation,
  spender: Spender,
): (id: string) => Code.RealtimeService | undefined {
  const made = new Map<string, { readonly section: unknown; readonly service: Code.RealtimeService }>();
  const gates = new ServiceGates();
  const circuits = new Circuits(common.clock);
  return (id) => {
    const { realtime } = live.current;
    const model = providers.realtimeModel(id);
    if (!model || !realtime.services.includes(id)) return undefined;
    const section: unknown = (realtime as Readonly<Record<string, unknown>>)[id];
    const known = made.get(id);
    // The configuration is frozen, so changed settings are always another object.
    if (known?.section === section) return known?.service;
    const settings = model.settings.parse(section ?? {});
    const gate = gates.of({
      ...common,
      kind: 'realtime',
      service: id,
      ...(model.limits?.(settings) ?? { concurrent: Infinity }),
      keys: keyIn(settings),
    });
    const service = {
      provider: model.create(settings, { ...common, gate }),
      circuit: circuits.kept([id, settings]),
      spender: model.key === undefined || model.local ? undefined : spender,
    };
    made.set(id, { section, service });
    return service;
  };
}

/** The model uses this prompt until the first answer. Each answer gets a prompt with tools and memory. */
function promptOf(
  persona: string | undefined,
  { language, timeZone, board }: DeviceIdentity,
  { contentRules, name, place }: Agent,
  nowMs: number,
): string {
  const nothing = { tools: undefined, state: [], late: [] };
  return systemPrompt({ persona, contentRules, name, place, language, timeZone, nowMs, device: board, ...nothing });
}

function realtimeVoice({ realtime, voice }: Agent): string | undefined {
  return realtime !== undefined && voice?.startsWith(`${realtime}:`) === true
    ? voice.slice(realtime.length + 1)
    : undefined;
}

/** The voice that speaks when the agent's realtime model does not. */
export const ordinaryVoice = (agent: Agent): string | undefined =>
  realtimeVoice(agent) === undefined ? agent.voice : undefined;
