import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api, DeviceView, Mcp, Overview, ProblemView, TurnEntry } from './api.js';
import { browserClock } from './browser-clock.js';
import { AgentsCard } from './cards/agents.js';
import { ConnectCard } from './cards/connect.js';
import { DevicesCard } from './cards/devices.js';
import { LanguageModelCard } from './cards/language-model.js';
import { McpCard } from './cards/mcp.js';
import { KnowledgeCard } from './cards/knowledge.js';
import { PeopleCard } from './cards/people.js';
import { MemoryCard } from './cards/memory.js';
import { ProblemsCard } from './cards/problems.js';
import { ServerCard } from './cards/server.js';
import { TalkCard } from './cards/talk.js';
import { CostsCard } from './cards/costs.js';
import { TurnsCard } from './cards/turns.js';
import { VoiceCard } from './cards/voice.js';
import { Poller } from './poller.js';
import { Feedback, useAction } from './parts/feedback.js';
import { StatePill } from './parts/state-pill.js';
import { TopBar } from './top-bar.js';
import { useLanguage, useWords, type Language } from './words/index.js';

const REFRESH_MS = 2000;
const SLOWEST_FACTOR = 8;
const TURNS_SHOWN = 20;

interface Seen {
  readonly overview: Overview;
  readonly devices: readonly DeviceView[];
  readonly turns: readonly TurnEntry[];
  readonly problems: readonly ProblemView[];
  readonly mcp: Mcp | undefined;
}

/** Rejects only if the overview cannot be read. Another part that cannot be read keeps its last value. */
async function look(api: Api, before: Seen | undefined): Promise<Seen> {
  const [overview, devices, turns, problems, mcp] = await Promise.all([
    api.overview(),
    api.devices().catch(() => before?.devices ?? []),
    api.turns(TURNS_SHOWN).catch(() => before?.turns ?? []),
    api.problems().catch(() => before?.problems ?? []),
    api.mcp().catch(() => before?.mcp),
  ]);
  return { overview, devices, turns, problems, mcp };
}

/** `lost` is true if the last request for the overview failed. */
function useLook(api: Api): { readonly seen: Seen | undefined; readonly lost: boolean; readonly refresh: () => void } {
  const language = useLanguage();
  const [seen, setSeen] = useState<Seen>();
  const [lost, setLost] = useState(false);
  const poller = useRef<Poller>(undefined);
  useEffect(() => {
    let last: Seen | undefined;
    const own = new Poller({
      clock: browserClock,
      everyMs: REFRESH_MS,
      slowestFactor: SLOWEST_FACTOR,
      hidden: () => document.hidden,
      onFailure: () => setLost(true),
      work: async () => {
        last = await look(api, last);
        setSeen(last);
        setLost(false);
      },
    });
    poller.current = own;
    const now = (): void => own.now();
    document.addEventListener('visibilitychange', now);
    own.now();
    return () => {
      document.removeEventListener('visibilitychange', now);
      own.stop();
    };
    // After a change of language the server is asked again, because its messages are in the page's language.
  }, [api, language]);
  return { seen, lost, refresh: () => poller.current?.now() };
}

export function Console({
  api,
  onLanguage,
  onSignOut,
}: {
  readonly api: Api;
  readonly onLanguage: (language: Language) => void;
  readonly onSignOut: () => Promise<void>;
}): JSX.Element {
  const words = useWords();
  const { seen, lost, refresh } = useLook(api);
  const { outcome, run } = useAction<'sign-out'>();
  const signOut = (): void =>
    run('sign-out', async () => {
      await onSignOut();
      return undefined;
    });

  return (
    <>
      <TopBar onLanguage={onLanguage} onSignOut={signOut}>
        <StatePill overview={seen?.overview} lost={lost} />
      </TopBar>
      <main>
        <h1 class="hidden">{words.page.title}</h1>
        <Feedback outcome={outcome} />
        {lost && (
          <p class="outcome bad banner" role="alert">
            {words.notice.lost}
          </p>
        )}
        {seen === undefined ? (
          <p class="soft loading">{words.page.loading}</p>
        ) : (
          <Cards {...seen} api={api} refresh={refresh} />
        )}
      </main>
      {seen && (
        <footer>
          <span>{words.page.version(seen.overview.version)}</span>
          <span>{words.page.offline}</span>
        </footer>
      )}
    </>
  );
}

function Cards({
  overview,
  devices,
  turns,
  problems,
  mcp,
  api,
  refresh,
}: Seen & { readonly api: Api; readonly refresh: () => void }): JSX.Element {
  const words = useWords();
  const { nowMs } = overview;
  const waiting = !overview.ready && !overview.drain;
  const notice = overview.drain
    ? words.notice.draining
    : waiting
      ? overview.starting.some((name) => name !== 'recognition')
        ? words.notice.starting
        : words.notice.noSpeechModel
      : undefined;
  return (
    <>
      {notice !== undefined && (
        <p class="outcome note banner" role="status">
          {notice}
        </p>
      )}
      <div class="columns">
        <div class="column">
          <TalkCard api={api} overview={overview} turns={turns} onChanged={refresh} />
          <ConnectCard api={api} overview={overview} onChanged={refresh} />
        </div>
        <div class="column">
          <ServerCard api={api} overview={overview} onChanged={refresh} />
          <LanguageModelCard api={api} overview={overview} onChanged={refresh} />
          <VoiceCard api={api} overview={overview} onChanged={refresh} />
          {mcp && <McpCard mcp={mcp} />}
          <ProblemsCard problems={problems} nowMs={nowMs} />
        </div>
      </div>
      <DevicesCard api={api} devices={devices} nowMs={nowMs} onChanged={refresh} />
      <div class="columns">
        <div class="column">
          <AgentsCard api={api} devices={devices} nowMs={nowMs} onChanged={refresh} />
        </div>
        <div class="column">
          <MemoryCard api={api} devices={devices} nowMs={nowMs} />
          <KnowledgeCard api={api} nowMs={nowMs} />
          <PeopleCard api={api} nowMs={nowMs} />
        </div>
      </div>
      <CostsCard api={api} devices={devices} nowMs={nowMs} />
      <TurnsCard turns={turns} devices={devices} nowMs={nowMs} api={api} />
    </>
  );
}
