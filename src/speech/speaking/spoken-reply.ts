import { asChorusError, Cancelled, Change, joinText } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import { heardText } from './pacing/heard-text.js';
import type { PacedReply } from './pacing/pacer.js';
import { PlayedSounds } from './played-sounds.js';
import { ReplyDue } from './reply-due.js';
import { pauseAfter, ReplySentence, SENTENCE_PAUSE_MS } from './reply-sentence.js';
import type { ReplyServices } from './reply-services.js';
import { voiceOfSentence } from './sentence-voice.js';
import type { HeardReply, ReplyEvent, ReplyOptions, ReplyStats, SoundQueue, SpokenReply } from './speaking-port.js';
import { SpokenByModel } from './spoken-by-model.js';
import { synthesizeSentence } from './synthesis.js';
import { encodeTone } from './tones.js';

/** Limit of sentences that wait to be spoken. A language model writes far fewer in one reply. */
const MAX_WAITING = 256;
const READY_BELOW = 2;
const PROGRESS_MS = 10_000;

/** One reply. Synthesises its sentences ahead of playback and sends its packets in time. */
export class ReplyInProgress implements SpokenReply {
  readonly #sentences: ReplySentence[] = [];
  readonly #abort = new AbortController();
  readonly #paced: PacedReply;
  #begun = 0;
  #ended = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #announced = -1;
  /** Index of the sentence of the last sent packet. */
  #sounding = -1;
  #firstPacket = false;
  #saidAtMs: number | undefined;
  #firstAudioMs: number | undefined;
  #cached = 0;
  #heard: HeardReply | undefined;
  #sounds: PlayedSounds | undefined;
  readonly #byModel: SpokenByModel[] = [];
  #progressMs = 0;
  readonly #due: ReplyDue;
  readonly #change = new Change();

  constructor(
    private readonly options: ReplyOptions,
    private readonly onEvent: (event: ReplyEvent) => void,
    private readonly services: ReplyServices,
  ) {
    this.#due = new ReplyDue(options);
    this.#paced = services.pacer.open({
      deviceId: options.deviceId,
      sink: options.sink,
      notBeforeMs: options.notBeforeMs,
      onSend: (sentence) => this.#announce(sentence),
      onNearlySent: (sentence) => this.#emit({ type: 'sentence_sent', index: sentence }),
      onSent: (nowMs) => this.#sent(nowMs),
      onDone: () => this.#finish(),
    });
  }

  begin(notBeforeMs: number, wantedMs?: number): void {
    this.#due.begin(this.services.clock.nowMs(), notBeforeMs, wantedMs);
    this.#paced.begin(notBeforeMs);
  }

  say(text: string, speech?: ModelSpeech): void {
    this.#endWriting();
    this.#queue(text, false, speech);
  }

  sayRecorded(title: string, packets: readonly Uint8Array[]): void {
    this.#endWriting();
    this.#queue(title, false, undefined, packets);
  }

  write(piece: string, last: boolean): void {
    const writing = this.#writing();
    if (writing) writing.write(piece);
    else this.#queue(piece, !last);
    if (last) this.#endWriting();
  }

  #queue(text: string, open: boolean, speech?: ModelSpeech, recorded?: readonly Uint8Array[]): void {
    if (this.#ended || this.#over || text.trim() === '') return;
    if (this.#sentences.length - this.#begun >= MAX_WAITING) {
      const { deviceId: device } = this.options;
      this.services.log.warn('a sentence of a long reply was left out', { problem: 'voice.sentence_left_out', device });
      return;
    }
    this.#saidAtMs ??= this.services.clock.nowMs();
    this.#sentences.push(new ReplySentence(this.#sentences.length, text, open, speech, recorded));
    this.#change.tell();
  }

  #writing(): ReplySentence | undefined {
    const last = this.#sentences.at(-1);
    return last?.open === true ? last : undefined;
  }

  /** A sentence that already plays is now complete, so the screen may show it. */
  #endWriting(): void {
    const writing = this.#writing();
    writing?.close();
    if (writing && this.#sounding === writing.index) this.#announce(writing.index);
    this.#change.tell();
  }

  sayIfQuiet(text: string): void {
    const dryAtMs = this.#paced.underrunAtMs();
    const played = dryAtMs === undefined || dryAtMs <= this.services.clock.nowMs();
    if (played && this.#sentences.every(({ complete }) => complete)) this.say(text);
  }

  async ready(): Promise<void> {
    while (!this.#over && !this.#failure && this.#sentences.length - this.#begun >= READY_BELOW)
      await this.#change.next();
  }

  play(sounds: SoundQueue): void {
    if (this.#ended || this.#over) return;
    this.#sounds = new PlayedSounds(sounds, this.services, this.options.deviceId);
    this.end();
  }

  end(): void {
    this.#endWriting();
    this.#ended = true;
    this.#change.tell();
  }

  hold(): void {
    this.#paced.hold();
  }

  resume(): void {
    this.#paced.resume();
  }

  stop(): HeardReply {
    // The device may still play the packets in its buffer, which do not count as heard.
    this.#heard ??= this.#hear();
    if (!this.#over) this.#sounds?.stopped(this.#heard.playedMs);
    if (!this.#over) this.#stopModel(this.#heard.playedMs);
    if (!this.#over) {
      this.#over = true;
      this.#writing()?.close();
      this.#paced.stop();
      this.#abort.abort(new Cancelled('reply stopped'));
      this.#change.tell();
    }
    return this.#heard;
  }

  #stopModel(playedMs: number): void {
    const begun = new Set(this.#byModel.map(({ speech }) => speech));
    for (const one of this.#byModel) one.stopped(playedMs);
    for (const speech of new Set(this.#sentences.map((sentence) => sentence.speech)))
      if (speech && !begun.has(speech)) speech.stopped(0);
  }

  #hear(): HeardReply {
    const { playedMs } = this.#paced;
    return { text: heardText(this.#sentences, playedMs), playedMs, stats: this.#stats() };
  }

  /** Resolves when nothing is left to synthesise. Never rejects. */
  async produce(parent: AbortSignal): Promise<void> {
    const { signal } = this.#abort;
    const making = new AbortController();
    const onAbort = (): void => void this.stop();
    if (parent.aborted) onAbort();
    parent.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#expect(making.signal);
      for (;;) {
        const sentence = await this.#next();
        if (!sentence || signal.aborted) break;
        if (sentence.recorded) this.#push(sentence, sentence.recorded);
        else if (!(await this.#madeByModel(sentence, signal)) && !(await this.#madeAsTone(sentence, signal)))
          await this.#make(sentence, signal);
        sentence.complete = true;
        this.#paced.complete(sentence.index);
      }
      if (!signal.aborted) await this.#playSounds(signal);
    } catch (error) {
      if (!signal.aborted) this.#failure = { error: asChorusError(error, 'tts.failed') };
    } finally {
      parent.removeEventListener('abort', onAbort);
      making.abort();
      for (const one of this.#byModel) void one.close();
      this.#paced.end();
      this.#change.tell();
    }
  }

  /** Lets the voice prepare if the reply has no text yet. The server's phrases have text at once. */
  async #expect(signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    const { deviceId, language, voice } = this.options;
    if (!this.#over && !this.#ended && this.#sentences.length === 0)
      this.services.chain.expect({ deviceId, language, voice }, signal);
  }

  async #next(): Promise<ReplySentence | undefined> {
    while (!this.#over && this.#begun === this.#sentences.length && !this.#ended) await this.#change.next();
    await this.#paced.whenBelow(this.services.startAheadMs);
    if (this.#over) return undefined;
    const sentence = this.#sentences[this.#begun];
    if (sentence) this.#begun += 1;
    this.#change.tell();
    return sentence;
  }

  async #playSounds(signal: AbortSignal): Promise<void> {
    const made = this.#sentences.reduce((sum, { packets }) => sum + packets, 0);
    await this.#sounds?.play(
      made,
      {
        begin: (title) => {
          this.#begun += 1;
          this.#sentences.push(new ReplySentence(this.#sentences.length, title, false));
        },
        take: async (packets) => {
          const sentence = this.#sentences.at(-1);
          if (sentence) await this.#take(sentence, packets);
        },
        end: () => this.#paced.complete(this.#sentences.length - 1),
        paced: this.#paced,
      },
      signal,
    );
  }

  /** Returns false if the sentence is no tone. */
  async #madeAsTone(sentence: ReplySentence, signal: AbortSignal): Promise<boolean> {
    const tone = sentence.open ? undefined : encodeTone(this.services.encoder, sentence.text, signal);
    for await (const packets of tone ?? []) await this.#take(sentence, packets);
    return tone !== undefined;
  }

  /** Returns false if the model's speech has no sound, so that the voice must speak. */
  async #madeByModel(sentence: ReplySentence, signal: AbortSignal): Promise<boolean> {
    const { speech } = sentence;
    if (!speech) return false;
    let byModel = this.#byModel.at(-1);
    if (byModel?.speech !== speech) {
      const before = this.#sentences.reduce((sum, { packets }) => sum + packets, 0);
      const underrunAtMs = (): number | undefined => this.#paced.underrunAtMs();
      const options = { ...this.services, underrunAtMs, trailingMs: SENTENCE_PAUSE_MS };
      byModel = new SpokenByModel(speech, before, options, signal);
      this.#byModel.push(byModel);
    }
    const made = await byModel.speak(sentence.text, {
      take: (packets) => this.#take(sentence, packets),
      more: () => this.#sentences[this.#begun]?.speech === speech,
    });
    if (byModel.silent) return false;
    if (made === 0) this.#joinBefore(sentence);
    return true;
  }

  /** Joins the text to the previous sentence, because no sound is left for the text. */
  #joinBefore(sentence: ReplySentence): void {
    const before = this.#sentences[sentence.index - 1];
    if (before && before.index > this.#announced) {
      before.replaceText(joinText([before.text, sentence.text]));
      sentence.replaceText('');
    } else {
      this.#announce(sentence.index);
    }
  }

  async #make(sentence: ReplySentence, signal: AbortSignal): Promise<void> {
    const { cache, chain, metrics } = this.services;
    const request = voiceOfSentence(chain, sentence.text, this.options, sentence.index === 0);
    const { language, voice, deviceId } = request;
    const phrase = { text: sentence.text, language, voice };
    const order = chain.order(request);
    // The text of an unfinished sentence is not final, so it cannot be cached.
    const { open } = sentence;
    const keep = !open && cache.said(phrase, deviceId);
    // Until a voice has spoken in the conversation, a configured phrase may come from any voice. After that, another
    // voice is the last resort.
    const anyVoice = cache.isConfigured(phrase) && !chain.hasSpoken(request);
    const cached = open ? undefined : await cache.get(phrase, anyVoice ? order : order.slice(0, 1));
    if (keep || cached) metrics.count('chorus_phrase_cache_total', { result: cached ? 'hit' : 'miss' });
    if (signal.aborted) return;
    if (cached) {
      this.#useCached(sentence, cached.packets);
      return;
    }
    const made: Uint8Array[] = [];
    try {
      const provider = await chain.speak(
        request,
        {
          run: async (provider, providerVoice, inner) => {
            made.length = 0;
            if (sentence.open && !provider.stream) await sentence.whole();
            inner.throwIfAborted();
            const sentenceRequest = {
              deviceId,
              text: sentence.text,
              ...(sentence.open && { written: sentence }),
              language,
              voice: providerVoice,
              ...this.#due.next(this.services.clock.nowMs(), this.#paced.underrunAtMs()),
              trailingMs: sentence.open ? SENTENCE_PAUSE_MS : pauseAfter(sentence.text),
              underrunAtMs: () => this.#paced.underrunAtMs(),
            };
            for await (const packets of synthesizeSentence(this.services, provider, sentenceRequest, inner)) {
              made.push(...packets);
              await this.#take(sentence, packets);
            }
          },
          begun: () => !this.#takeBack(sentence),
        },
        signal,
      );
      // If the settings have changed, the audio of an earlier reply no longer matches the cache.
      if (keep && cache.recipe === this.services.recipe) cache.set(phrase, { packets: made, providerId: provider.id });
    } catch (error) {
      if (signal.aborted || sentence.packets > 0) throw error;
      const rescue =
        (await cache.get({ ...phrase, text: sentence.text }, chain.able(request)))?.packets ??
        this.services.shipped?.get(sentence.text, language);
      if (!rescue || signal.aborted) throw error;
      this.#useCached(sentence, rescue);
    }
  }

  #useCached(sentence: ReplySentence, packets: readonly Uint8Array[]): void {
    this.#cached += 1;
    this.#push(sentence, packets);
  }

  async #take(sentence: ReplySentence, packets: readonly Uint8Array[]): Promise<void> {
    this.#push(sentence, packets);
    await this.#paced.whenBelow(this.services.maxAheadMs);
  }

  #push(sentence: ReplySentence, packets: readonly Uint8Array[]): void {
    if (this.#saidAtMs !== undefined) this.#firstAudioMs ??= this.services.clock.nowMs() - this.#saidAtMs;
    sentence.packets += packets.length;
    this.#paced.push(packets, sentence.index);
  }

  /** Withdraws all packets of the sentence. Returns false if the device already has some of them. */
  #takeBack(sentence: ReplySentence): boolean {
    if (!this.#paced.withdraw(sentence.index)) return false;
    sentence.packets = 0;
    return true;
  }

  #announce(index: number): void {
    const nowMs = this.services.clock.nowMs();
    const sentence = this.#sentences[index];
    const isLong = this.#sounds !== undefined || sentence?.recorded !== undefined || sentence?.speech !== undefined;
    if (isLong && index === this.#announced && nowMs - this.#progressMs > PROGRESS_MS) {
      this.#progressMs = nowMs;
      this.#emit({ type: 'progress' });
    }
    this.#sounding = index;
    // The screen shows only whole sentences.
    if (index <= this.#announced || sentence?.open === true) return;
    this.#announced = index;
    if (sentence) this.#emit({ type: 'sentence', index, text: sentence.text });
  }

  #sent(atMs: number): void {
    if (!this.#firstPacket) this.#emit({ type: 'first_packet', atMs });
    this.#firstPacket = true;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#change.tell();
    const stats = this.#stats();
    this.onEvent(this.#failure ? { type: 'failed', error: this.#failure.error, stats } : { type: 'finished', stats });
  }

  #emit(event: ReplyEvent): void {
    if (!this.#over) this.onEvent(event);
  }

  #stats(): ReplyStats {
    const { packets, bytes, underruns, underrunMs } = this.#paced;
    return {
      packets,
      bytes,
      underruns,
      underrunMs,
      firstAudioMs: this.#firstAudioMs,
      cachedSentences: this.#cached,
      sentences: this.#sentences.length,
      musicMs: this.#sounds?.heardMs(this.#paced.playedMs) ?? 0,
    };
  }
}
