import { beforeAll, describe, expect, it } from 'vitest';
import { reply, type FakeLlmServer } from '../fakes/llm-server.js';
import { isMessage } from './raw-device.js';
import { ask, expectHeard, expectWords, SENTENCE, SHORT, type ScriptedServer } from './scripted-server.js';
import type { ServerUnderTest } from './server.js';
import { SAID, spoken, utterance } from './transcripts.js';

/**
 * Tests docs/protocol.md, checklist 34 to 43, 47 and 65, through real sockets, with real voice activity detection,
 * recognition and voice. If time does not matter, speech is sent in one burst, because the server counts samples.
 * `conformance.test.ts` starts the server, and checks the devices after each test.
 */

const MINUTE = Array.from({ length: 12 }, (_, i) => `Number ${i + 1}. ${SENTENCE}`);
const LONG = reply(SENTENCE, SENTENCE);

export function listeningChecklist(started: () => ScriptedServer): void {
  describe('listening', () => {
    let server: ServerUnderTest;
    let llm: FakeLlmServer;
    beforeAll(() => {
      ({ server, llm } = started());
    });

    it('34 audio before the first listen start does not start a turn', async () => {
      const device = await server.raw();
      device.burst(utterance('austen-0930'));
      device.start();
      device.burst(utterance('austen-0880'));
      await device.reply();
      expectHeard(device.heard(), 'austen-0880');
      expect(device.count('tts', 'start')).toBe(1);
    });

    it('35 listen detect followed by listen start makes one turn', async () => {
      const device = await server.raw();
      device.burst(utterance('austen-0930').slice(0, 33));
      device.send({ type: 'listen', state: 'detect', text: 'hello chorus' });
      device.start();
      device.burst(utterance('austen-0880'));
      await device.message('stt');
      await device.message('tts', { state: 'stop', patienceMs: 20_000 });
      expectHeard(device.heard(), 'austen-0880');
      expect(device.count('tts', 'start')).toBe(1);
      expect(device.sentences()).toEqual(['All right.']);
    });

    it('36, 65 listen start without any detect works, for a device without features', async () => {
      const device = await server.raw();
      device.start();
      device.burst(utterance('austen-0930'));
      await device.reply();
      expectHeard(device.heard(), 'austen-0930');
      expect(device.packets().length).toBeGreaterThan(5);
      expect(device.count('mcp')).toBe(0);
    });

    it('37 the server finds the end of speech in auto and realtime mode', async () => {
      for (const mode of ['auto', 'realtime'] as const) {
        const device = await server.raw({ features: mode === 'realtime' ? { aec: true } : {} });
        device.start(mode);
        device.burst(utterance('austen-0880'));
        await device.reply();
        expectHeard(device.heard(), 'austen-0880');
        device.vanish();
      }
    });

    it('38 in manual mode listen stop ends the turn, and frames that arrive just after it count', async () => {
      const { packets, speechEndMs } = spoken('austen-0880');
      const lastSpoken = Math.ceil(speechEndMs / 60);
      const device = await server.raw();
      device.start('manual');
      // These words end with a pause that would end the turn in auto mode. More words follow.
      device.burst(utterance('austen-0930'));
      const other = await server.raw();
      await ask(other, 'austen-0930');
      expect(device.count('stt')).toBe(0);
      other.vanish();
      device.burst(packets.slice(0, lastSpoken - 3));
      device.stop();
      device.burst(packets.slice(lastSpoken - 3, lastSpoken + 1));
      await device.reply();
      expect(device.heard()).toHaveLength(1);
      const said = `${SAID['austen-0930']} ${SAID['austen-0880']}`;
      expectWords(said, device.heard()[0] ?? '');
    });

    it('39 listen start while the server thinks cancels the answer', async () => {
      llm.script({ kind: 'silence' });
      const device = await server.raw();
      const before = llm.requests.length;
      await ask(device);
      await llm.received(before + 1);
      llm.script(SHORT);
      await ask(device, 'austen-0930');
      await llm.requests[before]?.clientGone;
      await device.until('answer', (came) => came.type === 'text' && came.message['text'] === 'All right.');
      await device.message('tts', { state: 'stop' });
      expect(device.sentences()).toEqual(['All right.']);
    });

    it('39 listen start while the server answers cancels the answer, in manual mode without an abort', async () => {
      llm.script(LONG, SHORT);
      const device = await server.raw();
      device.start('manual');
      device.burst(utterance('austen-0880').slice(0, 55));
      device.stop();
      await device.audio(3);
      const mark = device.mark();
      device.start('manual');
      await device.message('tts', { state: 'stop', from: mark });
      const stop = device.log.findIndex((came) => isMessage(came, 'tts', 'stop'));
      device.burst(utterance('austen-0930').slice(0, 60));
      device.stop();
      await device.reply(stop + 1);
      expect(device.sentences(stop)).toEqual(['All right.']);
      expect(device.heard()).toHaveLength(2);
    });

    it('40 listen start twice in a row resets the turn', async () => {
      const device = await server.raw();
      device.start();
      device.burst(spoken('austen-0930').packets.slice(0, 30));
      device.start();
      device.burst(utterance('austen-0880'));
      await device.reply();
      expectHeard(device.heard(), 'austen-0880');
      expect(device.count('tts', 'start')).toBe(1);
    });

    it('41 audio that arrives while the server speaks is ignored in auto mode', async () => {
      llm.script(reply(SENTENCE), SHORT);
      const device = await server.raw();
      await ask(device);
      await device.audio(3);
      device.burst(utterance('austen-0930'));
      await device.message('tts', { state: 'stop' });
      const mark = await ask(device);
      await device.reply(mark);
      expect(device.heard()).toHaveLength(2);
      expectHeard(device.heard(mark), 'austen-0880');
      expect(device.count('tts', 'start')).toBe(2);
    }, 30_000);

    it('41, 54a in realtime mode speech over the answer stops it and is answered, without an abort', async () => {
      llm.script(reply(...MINUTE), SHORT);
      const device = await server.raw({ features: { aec: true } });
      device.start('realtime');
      device.burst(utterance('austen-0880'));
      // Words that follow within 1.5 s would still belong to the same question.
      await device.audio(30);
      const { packets, tail } = spoken('austen-0930');
      const spoke = device.stream([...packets, ...tail]);
      await device.message('tts', { state: 'stop' });
      const stop = device.log.findIndex((came) => isMessage(came, 'tts', 'stop'));
      await spoke;
      await device.until('short answer', (came) => came.type === 'text' && came.message['text'] === 'All right.', stop);
      expectHeard(device.heard(stop), 'austen-0930');
    }, 30_000);

    it('42 a burst of 40 packets is not taken for fast speech, and its backlog is processed', async () => {
      const device = await server.raw();
      const all = utterance('austen-0890');
      device.start();
      device.burst(all.slice(0, 40));
      await device.stream(all.slice(40));
      await device.reply();
      expectHeard(device.heard(), 'austen-0890');
      expect(
        await server.metric('chorus_uplink_dropped_total').then((dropped) => (Number.isNaN(dropped) ? 0 : dropped)),
      ).toBe(0);
    });

    it('43 a turn without speech leaves the device able to speak again', async () => {
      const device = await server.raw();
      const quiet = Array.from({ length: 50 }, (_, i) => spoken('austen-0880').tail[i % 40] ?? new Uint8Array(0));
      device.start('manual');
      device.burst(quiet.slice(0, 20));
      device.stop();
      device.start('auto');
      device.burst(quiet);
      device.burst(utterance('austen-0880'));
      await device.reply();
      expectHeard(device.heard(), 'austen-0880');
      // There are either no `tts` messages or as many starts as stops. The checks after each test make sure that they
      // alternate.
      expect(device.count('tts', 'start')).toBe(device.count('tts', 'stop'));
    });

    it('47 nothing comes before the hello exchange', async () => {
      const device = await server.raw({ hello: false });
      device.start();
      device.burst(utterance('austen-0880'));
      await device.hello();
      expect(device.inWords()[0]).toContain('"hello"');
      const mark = await ask(device, 'austen-0930');
      await device.reply(mark);
      expectHeard(device.heard(), 'austen-0930');
    });
  });
}
