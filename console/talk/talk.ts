import type { BrowserClock } from '../browser-clock.js';
import { BrowserDevice, type SocketAddress } from './browser-device.js';
import { NO_CONVERSATION, step, type Conversation, type TalkEvent } from './conversation.js';
import type { PlaybackFigures } from './playback-queue.js';

interface TalkView {
  readonly conversation: Conversation;
  readonly figures: PlaybackFigures;
}

interface TalkOptions {
  readonly address: () => Promise<SocketAddress>;
  readonly clock: BrowserClock;
  readonly onChange: (view: TalkView) => void;
  readonly onLevel: (level: number) => void;
}

const NOTHING_PLAYED: PlaybackFigures = { playedMs: 0, gaps: 0, gapMs: 0, lostMs: 0 };

/** A conversation on this page: its state, and the browser device that carries out its effects. */
export class Talk {
  #view: TalkView = { conversation: NO_CONVERSATION, figures: NOTHING_PLAYED };
  /** Totals of the earlier sound cards, because each sound card counts from zero. */
  #before = NOTHING_PLAYED;
  readonly #device: BrowserDevice;

  constructor(private readonly options: TalkOptions) {
    this.#device = new BrowserDevice({
      address: options.address,
      clock: options.clock,
      dispatch: (event) => this.dispatch(event),
      onLevel: options.onLevel,
      onFigures: (figures) => this.#show({ ...this.#view, figures: sum(this.#before, figures) }),
    });
  }

  get view(): TalkView {
    return this.#view;
  }

  dispatch(event: TalkEvent): void {
    const { state, effects } = step(this.#view.conversation, event);
    if (state !== this.#view.conversation) this.#show({ ...this.#view, conversation: state });
    for (const effect of effects) {
      if (effect.type === 'open') this.#before = this.#view.figures;
      this.#device.run(effect);
    }
  }

  #show(view: TalkView): void {
    this.#view = view;
    this.options.onChange(view);
  }
}

function sum(a: PlaybackFigures, b: PlaybackFigures): PlaybackFigures {
  return {
    playedMs: a.playedMs + b.playedMs,
    gaps: a.gaps + b.gaps,
    gapMs: a.gapMs + b.gapMs,
    lostMs: a.lostMs + b.lostMs,
  };
}
