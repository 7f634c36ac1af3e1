import { assert, constantFrom, property, string, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChorusError, systemClock } from '../../../core/index.js';
import { parseBinaryMessage, parseTextMessage } from './messages.js';
import { ServiceTime } from '../../wire/service-time.js';
import { escapeXml } from '../../wire/xml.js';
import { secMsGec } from './token.js';
import { EDGE_LANGUAGES, edgeVoice } from './voices.js';

describe('secMsGec', () => {
  // SHA-256 of "133770096000000000" + token, computed with another program.
  it('is the hash of the rounded file time and the token', () => {
    const atMs = Date.UTC(2024, 10, 25, 12, 3, 20);
    expect(secMsGec(atMs, 'TOKEN')).toBe('B7D61B24B011E4701CAEF7399B7A988F8F661975629E4B9EE24368528E666EF8');
    expect(secMsGec(atMs + 99_000, 'TOKEN')).toBe(secMsGec(atMs, 'TOKEN'));
    expect(secMsGec(atMs + 101_000, 'TOKEN')).not.toBe(secMsGec(atMs, 'TOKEN'));
  });
});

describe('ServiceTime', () => {
  it('ignores a difference of a second', () => {
    const time = new ServiceTime({ ...systemClock, wallMs: () => 1_000_000 });
    expect(time.correct(new Date(1_001_000).toUTCString())).toBe(false);
    expect(time.correct(undefined)).toBe(false);
    expect(time.correct(new Date(9_000_000).toUTCString())).toBe(true);
    expect(time.wallMs()).toBe(9_000_000);
  });
});

describe('escapeXml', () => {
  it('leaves neither mark-up nor characters that XML forbids, for any text', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 60 }), (text) => {
        const escaped = escapeXml(text);
        // XML forbids control characters except white space, lone surrogates and non-characters.
        expect(escaped.replace(/[\t\n\r\u0080-\u009f]/gu, '')).not.toMatch(
          /[\p{Cc}\p{Cs}\ufffe\uffff<>"']|&(?!(?:amp|lt|gt|quot|apos);)/u,
        );
      }),
    );
  });
});

function bodyLength(bytes: Uint8Array): unknown {
  try {
    return parseBinaryMessage(bytes).body.byteLength;
  } catch (error) {
    return error instanceof ChorusError ? error.code : error;
  }
}

describe('messages of the service', () => {
  it('are parsed or refused', () => {
    assert(
      property(tuple(constantFrom(0, 0, 0, 1, 255), uint8Array({ maxLength: 60 })), ([high, rest]) => {
        const bytes = Uint8Array.from(rest.length > 0 ? [high, rest[0]! % 64, ...rest.slice(1)] : [high]);
        const headerBytes = bytes.length >= 2 ? bytes[0]! * 256 + bytes[1]! : 1e9;
        const expected = headerBytes + 2 > bytes.length ? 'tts.failed' : bytes.length - 2 - headerBytes;
        expect(bodyLength(bytes)).toBe(expected);
      }),
    );
    assert(
      property(string(), (text) => {
        expect(typeof parseTextMessage(text).path).toBe('string');
      }),
    );
  });
});

describe('edgeVoice', () => {
  it.each([
    ['zh-CN', undefined, 'zh-CN-XiaoxiaoNeural'],
    ['yue-CN', undefined, 'zh-HK-HiuMaanNeural'],
    ['zh_TW', undefined, 'zh-TW-HsiaoChenNeural'],
    ['en', 'en-US-GuyNeural', 'en-US-GuyNeural'],
    ['en', "x' onload='", 'en-US-AvaNeural'],
    ['xx', undefined, 'en-US-AvaNeural'],
  ])('%s with %s is %s', (language, wanted, expected) => {
    expect(edgeVoice(language, wanted)).toBe(expected);
  });

  it('has a well-formed voice for each of its languages', () => {
    for (const language of EDGE_LANGUAGES)
      expect(edgeVoice(language, undefined)).toMatch(/^[a-z]{2}-[A-Z]{2}-[A-Za-z]+Neural$/);
  });
});
