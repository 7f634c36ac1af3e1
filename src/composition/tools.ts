import type { Config, Foundation } from '../config/index.js';
import { Notices } from '../conversation/notices/index.js';
import { groupTools, KeptWeather, ServerTools, TOOL_GROUPS, TOOLS, type Tool } from '../conversation/tools/index.js';
import type { Plugins } from '../plugin/index.js';
import type { Store } from '../platform/store/index.js';

export interface HouseholdTools {
  readonly notices: Notices;
  readonly current: () => readonly ServerTools[];
  readonly weather: KeptWeather['now'];
}

/** Notices are spoken only after `notices.speakBy` was called. */
export function composeTools(
  { live, root, http, common }: Foundation,
  store: Store,
  plugins: Plugins,
  more: readonly Tool[],
): HouseholdTools {
  const { clock, log } = common;
  const holdMs = (): number => live.current.session.hold_for_timers_ms;
  const alarmTone = (): boolean => live.current.session.alarm_tone;
  const notices = new Notices({ store: store.notices, shared: store.shared, clock, log, holdMs, alarmTone });
  // This runs after all sessions have ended and before the database closes.
  root.onClose(() => notices.flush());
  const services = {
    clock,
    log,
    notices,
    data: store.toolData,
    devices: async () => (await store.list()).filter(({ boundAtMs, revoked }) => boundAtMs !== undefined && !revoked),
    fetch: http.fetch,
  };
  const ofPlugins = plugins.loaded.map(({ name, tools }) => new ServerTools({ id: `plugin:${name}`, tools, clock }));
  let made: { readonly by: Config['tools']; readonly tools: readonly ServerTools[] } | undefined;
  const current = (): readonly ServerTools[] => {
    const by = live.current.tools;
    if (made?.by !== by) {
      const tools = [...TOOLS, ...more, ...groupTools(TOOL_GROUPS, by, services)];
      made = { by, tools: [new ServerTools({ id: 'server', tools, clock }), ...ofPlugins] };
    }
    return made.tools;
  };
  let kept: { readonly by: Config['tools']['weather']; readonly weather: KeptWeather } | undefined;
  const weather: KeptWeather['now'] = (place, language) => {
    const by = live.current.tools.weather;
    if (kept?.by !== by)
      kept = {
        by,
        weather: new KeptWeather({ ...services, settings: by, fork: (work) => root.fork('weather', work) }),
      };
    return kept.weather.now(place, language);
  };
  return { notices, current, weather };
}
