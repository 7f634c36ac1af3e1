import type {
  Listening,
  ListeningEvent,
  ListeningStream,
  ListeningTurn,
  PieceVoice,
} from '../../src/speech/listening/listening-port.js';

/** PCM that contains its own transcript, which {@link textOf} reads. */
export function pcmOf(text: string): Int16Array {
  return Int16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

export function textOf(pcm: Int16Array): string {
  return String.fromCharCode(...new Uint16Array(pcm.buffer));
}

/** A listening stream that hears the words that a test gives it. */
export class FakeListeningStream implements ListeningStream {
  turn: ListeningTurn | undefined;
  readonly turns: ListeningTurn[] = [];
  /** The silence after which the session wants the current turn to end, in ms. */
  silenceMs: number | undefined;
  finishing = false;
  playing = false;
  closed = false;
  pushed = 0;
  references = 0;
  /** The transcript with which a manual turn ends. If it is undefined, the stream does not answer. */
  atFinish: string | undefined = '';
  #revision = 0;
  #index = 0;

  constructor(private readonly onEvent: (event: ListeningEvent) => void) {}

  push(): void {
    this.pushed += 1;
  }
  begin(turn: ListeningTurn): void {
    this.turn = turn;
    this.turns.push(turn);
    this.silenceMs = turn.endpointSilenceMs;
    this.finishing = false;
    this.#revision = 0;
    this.#index = 0;
  }
  requireSilence(turnId: number, silenceMs: number): void {
    if (this.turn?.turnId === turnId) this.silenceMs = silenceMs;
  }
  finish(turnId: number): void {
    if (this.turn?.turnId !== turnId) return;
    this.finishing = true;
    if (this.atFinish === undefined) return;
    if (this.atFinish === '') this.ended(0);
    else {
      this.piece(this.atFinish);
      this.ended(1, 'stopped');
    }
  }
  end(): void {
    this.turn = undefined;
  }
  playbackStarted(): void {
    this.playing = true;
  }
  reference(): void {
    this.references += 1;
  }
  playbackStopped(): void {
    this.playing = false;
  }
  close(): void {
    this.closed = true;
    this.turn = undefined;
  }

  starts(atMs = 500): void {
    this.emit({ type: 'speech_started', turnId: this.#id, atMs });
  }
  /** A person continues to speak, and a recogniser that works during speech gets audio. */
  speaks(): void {
    this.emit({ type: 'audio', turnId: this.#id, index: this.#index, pcm: new Int16Array(1_600) });
  }
  /** The utterance is heard again from its beginning, because another process has taken over. */
  startsAgain(): void {
    this.#index = 0;
    this.#revision = 0;
    this.starts();
  }
  /** A person says these words and pauses. */
  piece(text: string, committed = false, voice?: PieceVoice): void {
    const index = this.#index;
    this.emit({
      type: 'piece',
      turnId: this.#id,
      index,
      revision: this.#revision++,
      pcm: pcmOf(text),
      startMs: 500,
      endMs: 1500,
      committed,
      ...(voice && { voice }),
    });
    if (committed) {
      this.#index += 1;
      this.#revision = 0;
    }
  }
  /** Speech continues after the pause. `commits` means that the previous piece will not change any more. */
  resumes(commits = false): void {
    this.emit({ type: 'speech_resumed', turnId: this.#id, atMs: 2000, ...(commits && { commits: this.#index }) });
    if (!commits) return;
    this.#index += 1;
    this.#revision = 0;
  }
  ended(pieces = this.#index + 1, reason: 'silence' | 'stopped' | 'cap' = 'silence', endpointMs = 600): void {
    const turnId = this.#id;
    this.turn = undefined;
    this.emit({
      type: 'utterance_ended',
      turnId,
      pieces,
      lastRevision: Math.max(0, this.#revision - 1),
      reason,
      speechEndMs: 1500,
      decidedMs: 1500 + endpointMs,
    });
  }
  hears(text: string, voice?: PieceVoice): void {
    this.starts();
    this.piece(text, false, voice);
    this.ended();
  }
  /** A person speaks over a reply without pausing; these are the words so far. */
  soFar(text: string, voice: PieceVoice = { speechMs: 800, levelDb: -25, probability: 0.9 }): void {
    this.emit({ type: 'speech_so_far', turnId: this.#id, pcm: pcmOf(text), voice });
  }
  silent(atMs: number): void {
    this.emit({ type: 'still_silent', turnId: this.#id, atMs });
  }
  bargesIn(): void {
    this.emit({ type: 'barge_in', turnId: this.#id, atMs: 3000 });
  }
  lost(): void {
    const turnId = this.#id;
    this.turn = undefined;
    this.emit({ type: 'lost', turnId });
  }
  emit(event: ListeningEvent): void {
    this.onEvent(event);
  }

  get #id(): number {
    if (this.turn === undefined) throw new Error('no turn is open: nothing can be heard');
    return this.turn.turnId;
  }
}

export class FakeListening implements Listening {
  readonly streams: FakeListeningStream[] = [];

  open(onEvent: (event: ListeningEvent) => void): FakeListeningStream {
    const stream = new FakeListeningStream(onEvent);
    this.streams.push(stream);
    return stream;
  }

  get stream(): FakeListeningStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  }
}
