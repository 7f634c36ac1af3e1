import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api, AudioSide, TurnAudio } from '../api.js';
import { useWords } from '../words/index.js';
import { Feedback, useAction } from './feedback.js';

export function PlayTurn({
  api,
  audio: { turn, sides },
}: {
  readonly api: Pick<Api, 'turnAudio'>;
  readonly audio: TurnAudio;
}): JSX.Element {
  const words = useWords();
  const { running, outcome, run } = useAction<AudioSide>();
  const [playing, setPlaying] = useState<AudioSide>();
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const play = (side: AudioSide): void => {
    stop.current?.();
    run(side, async () => {
      const url = URL.createObjectURL(await api.turnAudio(turn, side));
      const sound = new Audio(url);
      const over = (): void => {
        sound.pause();
        URL.revokeObjectURL(url);
        setPlaying((now) => (now === side ? undefined : now));
      };
      stop.current = over;
      sound.addEventListener('ended', over);
      try {
        await sound.play();
      } catch {
        over();
        return { kind: 'bad', text: words.turns.unplayable };
      }
      setPlaying(side);
      return undefined;
    });
  };

  return (
    <div class="play">
      {sides.map((side) => (
        <button
          key={side}
          type="button"
          class="plain"
          disabled={running !== undefined}
          onClick={() => (playing === side ? stop.current?.() : play(side))}
        >
          <span aria-hidden="true">{playing === side ? '■' : '▶'} </span>
          {playing === side ? words.turns.stop : side === 'heard' ? words.turns.heard : words.turns.spoken}
        </button>
      ))}
      <Feedback outcome={outcome} />
    </div>
  );
}
