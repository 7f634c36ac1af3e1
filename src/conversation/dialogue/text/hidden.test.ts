import { describe, expect, it } from 'vitest';
import { speakable } from '../../../../test/fakes/speakable.js';
import { SpeechCleaner } from './cleaner.js';
import { HiddenText, readTag } from './hidden.js';

function spoken(...pieces: readonly string[]): string {
  const cleaner = new SpeechCleaner('en-US');
  const parts = [...pieces.flatMap((piece) => cleaner.push(piece)), ...cleaner.flush()];
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

describe('elements that are not for the user', () => {
  it.each([
    'think',
    'thinking',
    'thought',
    'thoughts',
    'reasoning',
    'reflection',
    'analysis',
    'scratchpad',
    'reason',
    '思考',
    '思考过程',
    'tool_call',
    'tool_calls',
    'tool_response',
    'tool_result',
    'function_call',
    'function_calls',
    'script',
    'style',
  ])('are not spoken: <%s>', (name) => {
    expect(speakable(`<${name}>the user wants x</${name}>Hello.`, 'en-US')).toBe('Hello.');
    expect(speakable(`<${name.toUpperCase()} a="b">x</${name.toUpperCase()} >Hello.`, 'en-US')).toBe('Hello.');
    expect(speakable(`<${name}/>Hello.`, 'en-US')).toBe('Hello.');
  });

  it('an element without content (<think/>) hides nothing', () => {
    expect(speakable('<script src="x"/>Hello.', 'en-US')).toBe('Hello.');
    expect(readTag('<think>', 0, true)).toEqual({ kind: 'hidden', length: 7, name: 'think' });
    expect(readTag('<think a="/b">', 0, true)).toEqual({ kind: 'hidden', length: 14, name: 'think' });
    expect(readTag('</think>', 0, true)).toEqual({ kind: 'tag', length: 8, breaksLine: false });
  });

  it('the content of any other element is spoken', () => {
    for (const name of ['b', 'thinker', 'code_think', 'p', 'scripts'])
      expect(speakable(`<${name}>Hello.</${name}>`, 'en-US')).toBe('Hello.');
  });
});

describe('a tag', () => {
  const attribute = (chars: number): string => `<b ${'x'.repeat(chars - 4)}>`;

  it('has at most 120 characters; longer markup is text', () => {
    expect(readTag(attribute(120), 0, true)).toEqual({ kind: 'tag', length: 120, breaksLine: false });
    expect(readTag(attribute(121), 0, true)).toEqual({ kind: 'text' });
  });

  it('is held back while it is incomplete, up to 120 characters', () => {
    expect(readTag(attribute(120).slice(0, -1), 0, false)).toEqual({ kind: 'more' });
    expect(readTag(attribute(121).slice(0, -1), 0, false)).toEqual({ kind: 'more' });
    expect(readTag(attribute(122).slice(0, -1), 0, false)).toEqual({ kind: 'text' });
    for (const begun of ['<', '</', '<b', '</b', '<|im', '<!-'])
      expect([readTag(`a${begun}`, 1, false), begun]).toEqual([{ kind: 'more' }, begun]);
  });

  it('is dropped at the end of a reply if it is incomplete and has only a name', () => {
    expect(readTag('a <thi', 2, true)).toEqual({ kind: 'tag', length: 4, breaksLine: false });
    expect(readTag('a <b and c', 2, true)).toEqual({ kind: 'text' });
  });

  it('is not seen in a comparison such as a < b', () => {
    for (const text of ['< 3', '<3', '<= b', '<\n', '<b x\ny', '</b x<'])
      expect([readTag(text, 0, false), text]).toEqual([{ kind: 'text' }, text]);
  });

  it('ends a line if it is the tag of a list item, a heading or a table row', () => {
    for (const name of ['br', 'p', 'div', 'li', 'tr', 'hr', 'h1', 'h2', 'h3', 'h4', 'ul', 'ol', 'BR'])
      expect(readTag(`<${name}>`, 0, true)).toEqual({ kind: 'tag', length: name.length + 2, breaksLine: true });
    for (const name of ['b', 'i', 'span', 'td'])
      expect(readTag(`</${name}>`, 0, true)).toEqual({ kind: 'tag', length: name.length + 3, breaksLine: false });
  });

  it('that encloses an address loses only its opening mark', () => {
    for (const text of [
      '<https://x.com>',
      '<web-app://x>',
      '<a@b.com>',
      '<first.last@b.com>',
      '<mailto:a@b.com>',
      '<tel:+49123>',
    ])
      expect([readTag(text, 0, true), text]).toEqual([{ kind: 'address', length: 1 }, text]);
    for (const text of ['<svg:path>', '<web-app: x>', '</tel:+49123>', '<a b@c>', '<a b//>', '<a b=@c>'])
      expect([readTag(text, 0, true), text]).toEqual([{ kind: 'tag', length: text.length, breaksLine: false }, text]);
    expect(readTag('</https://x.com>', 0, true)).toMatchObject({ kind: 'tag' });
    expect(readTag('<a href="mailto:a@b.com">', 0, true)).toMatchObject({ kind: 'tag' });
  });
});

describe('a hidden part', () => {
  it('ends at its closing tag, even if that tag arrives in parts', () => {
    expect(spoken('<reasoning>a', ' b </', 'reason', 'ing', '>Hello.')).toBe('Hello.');
    expect(spoken('<think>a </thin </thinking> b</think', ' ', '>Hello.')).toBe('Hello.');
  });

  it('ends at a fence of the same kind, however the text is split, and no mark of the fence is spoken', () => {
    const reply = 'Look:\n```js\nlet a = `b`; // ~~~\n````\nDone.';
    for (let at = 1; at < reply.length; at++)
      expect([spoken(reply.slice(0, at), reply.slice(at)), at]).toEqual(['Look: Done.', at]);
    expect(spoken(...Array.from(reply))).toBe('Look: Done.');
  });

  it('that begins with tildes ends at three tildes, but not at one tilde or at backticks', () => {
    expect(spoken('Look:\n~~~\na ~ b `c`\n```\n~~~~\nDone.')).toBe('Look: Done.');
    expect(HiddenText.fence('~').skip('a ~ ``` b~~~~ c', 0, false)).toEqual({ length: 13, ended: true });
  });

  it('without an end is never spoken', () => {
    expect(spoken('Hi. <analysis>and so', ' on and on')).toBe('Hi.');
  });

  it('is not buffered, except for what may begin its end', () => {
    expect(HiddenText.element('think').skip('x'.repeat(1000), 0, false)).toEqual({ length: 983, ended: false });
    expect(HiddenText.fence('`').skip('x'.repeat(1000), 0, false)).toEqual({ length: 997, ended: false });
    expect(HiddenText.fence('~').skip('xx', 0, false)).toEqual({ length: 0, ended: false });
    expect(HiddenText.fence('`').skip('abc```', 0, false)).toEqual({ length: 3, ended: false });
    expect(HiddenText.fence('`').skip('abc```', 0, true)).toEqual({ length: 6, ended: true });
    expect(HiddenText.fence('`').skip('abc````d', 0, false)).toEqual({ length: 7, ended: true });
  });
});
