import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Api } from '../api.js';
import { browserClock } from '../browser-clock.js';
import type { TalkMode } from '../talk/conversation.js';
import { Talk } from '../talk/talk.js';

export type Spoken = 'en-US' | 'zh-CN';

interface TalkChoice {
  readonly spoken: Spoken;
  readonly mode: TalkMode;
  readonly onChanged: () => void;
}

/** The conversation that this page holds as a device. `ring` is the element that shows the loudness. */
export function useTalk(
  api: Api,
  { spoken, mode, onChanged }: TalkChoice,
  ring: RefObject<HTMLDivElement | null>,
): { readonly talk: Talk; readonly view: Talk['view']; readonly deviceId: string | undefined } {
  const latest = useRef({ spoken, onChanged });
  latest.current = { spoken, onChanged };
  const [deviceId, setDeviceId] = useState<string>();
  const [view, setView] = useState<Talk['view']>();
  const talk = useMemo(
    () =>
      new Talk({
        clock: browserClock,
        onChange: setView,
        onLevel: (level) => ring.current?.style.setProperty('--level', level.toFixed(2)),
        address: async () => {
          const device = await api.browserDevice(latest.current.spoken);
          setDeviceId(device.deviceId);
          return { url: socketUrl(device, window.location), protocols: protocolsOf(device) };
        },
      }),
    [api],
  );
  const shown = view ?? talk.view;
  const { phase } = shown.conversation;

  // The conversation ends when the card is left, or when the mode or the language changes. A layout effect does this
  // before a person can press the button again.
  useLayoutEffect(() => () => talk.dispatch({ type: 'end' }), [talk, spoken, mode]);
  useEffect(() => {
    if (phase === 'listening' || phase === 'off' || phase === 'ready') latest.current.onChanged();
  }, [phase]);
  return { talk, view: shown, deviceId };
}

/**
 * Uses the host under which this page was opened. Devices may be given another host, to which this page must not
 * connect.
 */
function socketUrl(
  { websocketUrl, deviceId, clientId }: Awaited<ReturnType<Api['browserDevice']>>,
  { protocol, host }: Location,
): string {
  const url = new URL(new URL(websocketUrl).pathname, `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`);
  url.search = new URLSearchParams({ 'device-id': deviceId, 'client-id': clientId }).toString();
  return url.href;
}

/** The token is a sub-protocol, because a page can set no header of a WebSocket, and proxies log addresses. */
function protocolsOf({ token }: Awaited<ReturnType<Api['browserDevice']>>): readonly string[] {
  return ['chorus', `chorus.token.${token}`];
}
