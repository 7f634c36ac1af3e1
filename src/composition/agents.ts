import { asChorusError, type LanguageTag, type Logger } from '../core/index.js';
import type { DeviceIdentity } from '../conversation/session/index.js';
import type { AgentRecord, Store } from '../platform/store/index.js';
import type { Foundation } from './foundation.js';

/** The language of an agent; undefined: it has none, or cannot be found out. */
export function composeAgentLanguage(
  { agents }: Pick<Store, 'agents'>,
  log: Logger,
): (agentId: string) => Promise<LanguageTag | undefined> {
  return async (agentId) => {
    try {
      const language = (await agents.agent(agentId))?.language;
      return language === '' ? undefined : language;
    } catch (error) {
      log.warn('the language of an agent is not known; that of the device counts', {
        agentId,
        code: asChorusError(error).code,
      });
      return undefined;
    }
  };
}

/** Who answers on a device, where somebody was chosen for it: for as long as its connection lasts. */
export class DeviceAgents {
  readonly #known = new WeakMap<DeviceIdentity, AgentRecord>();

  constructor(
    private readonly foundation: Pick<Foundation, 'root' | 'common'>,
    private readonly store: Pick<Store, 'agents'>,
  ) {}

  /** Undefined: nobody, or not looked up yet; then the configuration says. */
  of(identity: DeviceIdentity): AgentRecord | undefined {
    return this.#known.get(identity);
  }

  /** Looks it up; who cannot be found out is nobody. */
  learn(identity: DeviceIdentity): void {
    const { root, common } = this.foundation;
    root.fork('agent of a device', async () => {
      try {
        const agent = await this.store.agents.agentOf(identity.deviceId);
        if (agent) this.#known.set(identity, agent);
      } catch (error) {
        common.log.warn('who answers on a device is not known; the configuration says', {
          deviceId: identity.deviceId,
          code: asChorusError(error).code,
        });
      }
    });
  }
}
