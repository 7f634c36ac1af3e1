import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int32, readVolcFrame, sized, volcFrame, VolcReader } from '../../wire/volcengine.js';
import { doubao } from './dialect.js';

const SETTINGS = { url: 'wss://service/v3', app_id: 'app', model: 'o', voice: 'vv' };
const dialect = () => doubao(SETTINGS, { language: 'zh-CN', instructions: '你是小智' }, 'key');
const json = (value: unknown): Buffer => sized(Buffer.from(JSON.stringify(value)));
const frame = (event: number, session: string, payload: Buffer, type = 9): Buffer =>
  volcFrame(type, 4, type === 11 ? 0 : 1, int32(event), sized(Buffer.from(session)), payload);

describe('the frames of Doubao', () => {
  it('carry any audio to the service, in one session', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 6 }), (parts) => {
        const one = dialect();
        const sessions = new Set<string>();
        for (const part of parts) {
          const sent = readVolcFrame(Buffer.from(one.audio(part) as Uint8Array));
          const reader = new VolcReader(sent);
          expect([sent.type, sent.flags, sent.serialization, reader.int32()]).toEqual([2, 4, 0, 200]);
          sessions.add(reader.sized().toString('utf8'));
          expect(new Uint8Array(reader.sized())).toEqual(part);
        }
        const setUp = new VolcReader(readVolcFrame(Buffer.from(one.setUp!()[0] as Uint8Array)));
        expect(setUp.int32()).toBe(100);
        sessions.add(setUp.sized().toString('utf8'));
        expect(sessions.size).toBe(1);
      }),
    );
  });

  it('carry any audio and text from the service, with any ids', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uint8Array({ minLength: 1 }), (session, content, bytes) => {
        const one = dialect();
        expect(one.read(frame(459, session, json({})))).toEqual([
          { type: 'transcript', text: '' },
          { type: 'response_begun' },
        ]);
        expect(one.read(frame(550, session, json({ reply_id: 'r', content })))).toEqual([
          { type: 'text', text: content },
        ]);
        const [audio] = one.read(frame(352, session, sized(bytes), 11));
        expect(audio).toMatchObject({ type: 'audio', itemId: 'r' });
        expect(audio?.type === 'audio' && new Uint8Array(audio.bytes)).toEqual(bytes);
      }),
    );
  });

  it('are refused if they are truncated anywhere', () => {
    const whole = frame(550, 'session', json({ reply_id: 'r', content: 'words' }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(() => dialect().read(whole.subarray(0, length))).toThrow(Error);
      }),
    );
  });

  it('of random bytes throw or yield a known event', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          for (const news of dialect().read(bytes)) expect(news.type).toMatch(/^[a-z_]+$/u);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  it('of an interrupted answer are not part of the next one', () => {
    const one = dialect();
    one.read(frame(459, 's', json({})));
    one.read(frame(350, 's', json({ reply_id: 'old' })));
    one.read(frame(459, 's', json({})));
    expect(one.read(frame(550, 's', json({ reply_id: 'old', content: 'late' })))).toEqual([]);
    expect(one.read(frame(352, 's', sized(Buffer.from([1, 2])), 11))).toEqual([]);
    expect(one.read(frame(359, 's', json({ reply_id: 'old' })))).toEqual([]);
    expect(one.read(frame(550, 's', json({ reply_id: 'new', content: 'now' })))).toEqual([
      { type: 'text', text: 'now' },
    ]);
  });
});
