import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { phrase } from '../../conversation/session/index.js';
import type { Clip } from './clip.js';
import { DeviceModel, type DeviceMode } from './device-model.js';
import { SaidTurn, type SayOptions } from './said-turn.js';
import type { DeviceTurn } from './device-turn.js';

const CLIP: Clip = {
  pcm: new Int16Array(),
  packets: [],
  tail: [],
  loopFrames: 1,
  durationMs: 1200,
  speechStartMs: 100,
  speechEndMs: 1000,
};
const nothing = (): void => undefined;

let clock: FakeClock;
let model: DeviceModel;
let said: number[];
let released: number[];
let records: DeviceTurn[];
beforeEach(() => {
  clock = new FakeClock();
  said = [];
  released = [];
  records = [];
  model = new DeviceModel({
    framing: 1,
    queuePackets: 40,
    aec: false,
    mcp: undefined,
    port: { openChannel: nothing, closeChannel: nothing, sendText: nothing, sendBinary: nothing },
    onEvent: nothing,
  });
});

function say(mode: DeviceMode = 'auto', options: Partial<SayOptions> = {}): SaidTurn {
  if (mode === 'manual') {
    model.press(clock.nowMs());
    model.channelOpened();
    model.text(JSON.stringify({ type: 'hello', transport: 'websocket', session_id: 's' }), clock.nowMs());
  }
  const microphone = {
    say: (_clip: Clip, startMs: number) => said.push(startMs),
    frame: () => new Uint8Array(),
    close: nothing,
  };
  const turn = new SaidTurn(
    CLIP,
    { begin: 'click', ...options },
    { clock, model, microphone, release: () => released.push(clock.nowMs()) },
    (record) => records.push(record),
  );
  turn.speak(clock.nowMs());
  turn.speak(clock.nowMs() + 60);
  return turn;
}
const outcomes = (): string[] => records.map(({ outcome }) => outcome);

describe('a sentence said to a device', () => {
  it('is said once, and is not answered if no answer begins in time after the last word', async () => {
    const t0 = clock.nowMs();
    say('auto', { answerTimeoutMs: 5000 });
    expect(said).toEqual([t0]);
    await clock.advance(5999);
    expect(outcomes()).toEqual([]);
    await clock.advance(1);
    expect(outcomes()).toEqual(['no_answer']);
    expect(released).toEqual([]);
  });

  it('is unfinished if the end of the answer does not come in time', async () => {
    const turn = say('auto', { answerTimeoutMs: 5000, replyTimeoutMs: 7000 });
    await clock.advance(2000);
    turn.event({ type: 'tts_start', atMs: clock.nowMs() });
    await clock.advance(6999);
    expect(outcomes()).toEqual([]);
    await clock.advance(1);
    expect(outcomes()).toEqual(['unfinished']);
  });

  it('is answered when the last sound has been played, and ends once', async () => {
    const turn = say('auto', { answerTimeoutMs: 5000, replyTimeoutMs: 7000 });
    await clock.advance(2000);
    turn.event({ type: 'stt', atMs: clock.nowMs(), text: 'what time is it' });
    turn.event({ type: 'tts_start', atMs: clock.nowMs() });
    model.playback.push(Uint8Array.of(0x58, 1, 2, 3), clock.nowMs());
    turn.event({ type: 'tts_stop', atMs: clock.nowMs() });
    const silentMs = model.playback.silentFromMs(clock.nowMs()) - clock.nowMs();
    expect(silentMs).toBeGreaterThan(0);
    await clock.advance(silentMs - 1);
    expect(outcomes()).toEqual([]);
    await clock.advance(1);
    await clock.advance(60_000);
    expect(outcomes()).toEqual(['answered']);
  });

  it.each([
    ['busy', 'what time is it', phrase('en-US', 'busy')],
    ['busy', 'what time is it', phrase('zh-CN', 'busy')],
    ['apology', 'what time is it', phrase('en-US', 'llm_unreachable')],
    ['apology', '', `${phrase('zh-CN', 'model_downloading')}（12%）`],
    ['not_heard', '', 'Goodbye.'],
    ['answered', 'bye', 'Goodbye.'],
  ])('%s: after hearing "%s", the reply is "%s"', async (outcome, heard, reply) => {
    const turn = say();
    await clock.advance(2000);
    if (heard !== '') turn.event({ type: 'stt', atMs: clock.nowMs(), text: heard });
    turn.event({ type: 'tts_start', atMs: clock.nowMs() });
    turn.event({ type: 'sentence', atMs: clock.nowMs(), text: phrase('en-US', 'filler') });
    turn.event({ type: 'sentence', atMs: clock.nowMs(), text: reply });
    turn.event({ type: 'tts_stop', atMs: clock.nowMs() });
    await clock.advance(1);
    expect(records).toMatchObject([{ outcome, excuse: ['busy', 'apology'].includes(outcome) ? reply : undefined }]);
  });

  it('is not answered by an answer that ends with an apology', async () => {
    const turn = say();
    await clock.advance(2000);
    turn.event({ type: 'stt', atMs: clock.nowMs(), text: 'tell me a story' });
    turn.event({ type: 'tts_start', atMs: clock.nowMs() });
    turn.event({ type: 'sentence', atMs: clock.nowMs(), text: 'Once upon a time.' });
    turn.event({ type: 'sentence', atMs: clock.nowMs(), text: phrase('en-US', 'llm_timeout') });
    turn.event({ type: 'tts_stop', atMs: clock.nowMs() });
    await clock.advance(1);
    expect(outcomes()).toEqual(['apology']);
  });

  it('makes the person release push-to-talk shortly after the last word, and is still sent to its end', async () => {
    const t0 = clock.nowMs();
    say('manual');
    await clock.advance(3000);
    expect(released).toEqual([t0 + CLIP.durationMs]);
  });

  it('leaves no record if the connection failed', async () => {
    say('auto', { answerTimeoutMs: 5000 }).drop();
    await clock.advance(60_000);
    expect(outcomes()).toEqual([]);
  });
});
