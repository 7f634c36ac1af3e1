import type { DeviceConnection, DeviceIdentity } from '../../device/device-port.js';
import type { Agent } from '../../records/index.js';
import type { Speaking } from '../../speech/speaking/speaking-port.js';
import type { AgentInCharge } from './agent-in-charge.js';
import { QuestionLanguage } from './question-language.js';

export function identityFor({ identity }: DeviceConnection, agent: Agent | undefined): DeviceIdentity {
  return { ...identity, language: agent?.language ?? identity.language };
}

/** The language follows the agent that is in charge at the time. */
export function identityOf({ identity }: DeviceConnection, inCharge: AgentInCharge): DeviceIdentity {
  return {
    ...identity,
    get language() {
      return inCharge.agent?.language ?? identity.language;
    },
  };
}

/** The language follows the current question. */
export function askedIn(identity: DeviceIdentity, question: QuestionLanguage): DeviceIdentity {
  return {
    ...identity,
    get language() {
      return question.language;
    },
  };
}

export function questionOf(
  identity: DeviceIdentity,
  inCharge: AgentInCharge,
  speaking: Pick<Speaking, 'speaks'>,
): QuestionLanguage {
  return new QuestionLanguage({
    language: () => identity.language,
    fixed: () => inCharge.agent?.language !== undefined,
    speaks: (language) => speaking.speaks({ deviceId: identity.deviceId, language, voice: undefined }),
  });
}
