import type { JSX } from 'preact';
import type { Phase, TalkEvent, TalkMode } from '../talk/conversation.js';
import { useWords } from '../words/index.js';
import { useSpaceBar } from './space-bar.js';

interface TalkButtonProps {
  readonly mode: TalkMode;
  readonly phase: Phase;
  /** The emotion of the answer, which is shown as a face. */
  readonly face: string | undefined;
  readonly dispatch: (event: TalkEvent) => void;
}

/** In hands-free mode, a tap begins, interrupts or ends. In push to talk, the person holds the button. */
export function TalkButton({ mode, phase, face, dispatch }: TalkButtonProps): JSX.Element {
  const words = useWords();
  const press = (): void => dispatch({ type: 'press' });
  const release = (): void => dispatch({ type: 'release' });
  useSpaceBar(mode === 'hold', press, release);
  const speaks = phase === 'speaking' || phase === 'thinking';
  const shown = phase === 'speaking' && face !== undefined ? face : undefined;
  const inside = <span aria-hidden="true">{shown ?? <Sign phase={phase} />}</span>;
  if (mode === 'hands-free') {
    const action =
      phase === 'off' ? words.talk.actions.start : speaks ? words.talk.actions.interrupt : words.talk.actions.end;
    const tap = (): void =>
      dispatch(phase === 'off' ? { type: 'begin', mode } : speaks ? { type: 'interrupt' } : { type: 'end' });
    return (
      <button type="button" class="talk-button" aria-label={action} onClick={tap}>
        {inside}
      </button>
    );
  }
  return (
    <button
      type="button"
      class="talk-button"
      aria-label={words.talk.phase.ready}
      aria-pressed={phase === 'listening'}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        press();
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={(event) => key(event, press)}
      onKeyUp={(event) => key(event, release)}
      onBlur={release}
      onContextMenu={(event) => event.preventDefault()}
    >
      {inside}
    </button>
  );
}

function key(event: KeyboardEvent, act: () => void): void {
  if (event.key !== ' ' && event.key !== 'Enter') return;
  event.preventDefault();
  if (!event.repeat) act();
}

function Sign({ phase }: { readonly phase: Phase }): JSX.Element {
  if (phase === 'speaking' || phase === 'thinking' || phase === 'connecting') {
    return (
      <svg viewBox="0 0 48 48" class={`bars ${phase}`}>
        {[10, 19, 28, 37].map((x) => (
          <rect key={x} x={x - 2} y="12" width="5" height="24" rx="2.5" />
        ))}
      </svg>
    );
  }
  return (
    <svg viewBox="0 0 48 48">
      <rect x="17" y="6" width="14" height="24" rx="7" />
      <path
        d="M11 23a13 13 0 0 0 26 0M24 36v6M17 42h14"
        fill="none"
        stroke="currentColor"
        stroke-width="3.5"
        stroke-linecap="round"
      />
    </svg>
  );
}
