import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { faceOf } from '../parts/faces.js';
import type { Line } from '../talk/conversation.js';
import { useWords } from '../words/index.js';

/** What is being said in the conversation. Screen readers read it out. */
export function Transcript({
  lines,
  empty,
  spoken,
}: {
  readonly lines: readonly Line[];
  readonly empty: string;
  readonly spoken: string;
}): JSX.Element {
  const words = useWords();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines]);
  return (
    <div class="transcript" role="log" aria-label={words.talk.log} aria-live="polite" tabIndex={0} ref={list}>
      {lines.length === 0 ? (
        <p class="soft try" lang={spoken}>
          {empty}
        </p>
      ) : (
        lines.map(({ key, who, text, emotion }) => (
          <p key={key} class={`line ${who}`} lang={spoken}>
            <span class="hidden">{who === 'you' ? words.talk.you : words.page.title}: </span>
            {text}
            {who === 'chorus' && faceOf(emotion) !== undefined && <span aria-hidden="true"> {faceOf(emotion)}</span>}
          </p>
        ))
      )}
    </div>
  );
}
