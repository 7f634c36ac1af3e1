import { homeServer, McpServers } from '../../../conversation/tools/index.js';
import { asChorusError, ChorusError, noMetrics, Scope, silentLogger, withTimeout } from '../../../core/index.js';
import { homeAssistantSettings } from '../../../providers/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ok } from '../finding.js';
import { homeAssistantWords } from '../words/home-assistant.js';

const ASK_MS = 8000;

const KNOWN = issues('home', homeAssistantWords.issues, { unreachable: 'warning', refused: 'warning', rest: 'note' });

export interface HomeTrial {
  readonly rest: 'answers' | 'refuses' | 'unreachable';
  /** Number of tools that Home Assistant offers over MCP. A text tells why MCP fails. Undefined if MCP is not used. */
  readonly mcp: number | string | undefined;
}

/** `trial` is undefined if no Home Assistant is configured. */
export function judgeHome(trial: HomeTrial | undefined): readonly Finding[] {
  if (!trial) return [ok('home', homeAssistantWords.none)];
  const { rest, mcp } = trial;
  if (typeof mcp === 'number') return [ok('home', homeAssistantWords.mcp(mcp))];
  if (rest === 'refuses') return [found(KNOWN.refused, KNOWN.refused.title)];
  if (rest === 'unreachable') return [found(KNOWN.unreachable, KNOWN.unreachable.title)];
  return [mcp === undefined ? ok('home', homeAssistantWords.byRest) : found(KNOWN.rest, homeAssistantWords.noMcp(mcp))];
}

export const homeAssistantCheck: Check = {
  id: 'home',
  about: homeAssistantWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run(context) {
    const settings = context.config.tools.home_assistant;
    if (homeAssistantSettings.missing(settings)) return judgeHome(undefined);
    const [rest, mcp] = await Promise.all([tryRest(context), tryMcp(context)]);
    return judgeHome({ rest, mcp });
  },
};

const late = (): ChorusError => new ChorusError('mcp.unreachable', 'it did not answer in time');

async function tryRest({ config, clock, signal, fetch }: DoctorContext): Promise<HomeTrial['rest']> {
  const { url = '', token = '' } = config.tools.home_assistant;
  try {
    const response = await withTimeout(clock, ASK_MS, signal, late, (inner) =>
      fetch(`${url.replace(/\/+$/, '')}/api/`, { headers: { authorization: `Bearer ${token}` }, signal: inner }),
    );
    await response.body?.cancel();
    if (response.status === 401 || response.status === 403) return 'refuses';
    return response.ok ? 'answers' : 'unreachable';
  } catch {
    signal.throwIfAborted();
    return 'unreachable';
  }
}

async function tryMcp({ config, clock, signal, version }: DoctorContext): Promise<HomeTrial['mcp']> {
  const server = homeServer(config.tools.home_assistant, []);
  if (!server) return undefined;
  const scope = new Scope('home assistant', () => undefined);
  try {
    const servers = new McpServers({ scope, clock, log: silentLogger, metrics: noMetrics, version });
    servers.apply({ servers: [server], mistakes: [] });
    await withTimeout(clock, ASK_MS, signal, late, () => servers.tried());
    const [state] = servers.states;
    return state?.error ? state.error.message : (state?.tools.length ?? 0);
  } catch (error) {
    signal.throwIfAborted();
    return asChorusError(error, 'mcp.unreachable').message;
  } finally {
    await scope.close();
  }
}
