import { describe, expect, it } from 'vitest';
import type { LanguageTag } from '../../../core/index.js';
import { type CleanPart, SpeechCleaner } from './cleaner.js';

function partsOf(language: LanguageTag, deltas: readonly string[]): CleanPart[] {
  const cleaner = new SpeechCleaner(language);
  return [...deltas.flatMap((delta) => cleaner.push(delta)), ...cleaner.flush()];
}

function speakable(source: string, language: LanguageTag): string {
  const spoken = (deltas: readonly string[]): string => textOf(partsOf(language, deltas));
  const whole = spoken([source]);
  expect(spoken(source.split(''))).toBe(whole);
  for (let at = 1; at < source.length; at++)
    expect([at, spoken([source.slice(0, at), source.slice(at)])]).toEqual([at, whole]);
  return whole;
}

function textOf(parts: readonly CleanPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

describe('speakable, Chinese', () => {
  it.each([
    ['**北京**今天*晴*，气温`25`℃。', '北京今天晴，气温25℃。'],
    ['# 天气\n今天晴\n明天雨', '天气。今天晴，明天雨'],
    ['有三种：\n- 苹果\n- 香蕉\n- 梨\n\n都很甜', '有三种：苹果。香蕉。梨。都很甜'],
    ['1. 苹果\n2. 香蕉', '1，苹果。2，香蕉'],
    ['1.苹果\n2、香蕉', '1，苹果，2、香蕉'],
    ['你好😊！再见👋🏻。', '你好！再见。'],
    ['好的~今天～天气不错~', '好的 今天 天气不错'],
    ['3~5天，价格1,000元，10:30，版本1.2.3。', '3~5天，价格1,000元，10:30，版本1.2.3。'],
    ['请看[这里](https://a.b/c_(d))。', '请看这里。'],
    ['请看https://a.b/c?d=e，谢谢', '请看链接，谢谢'],
    ['请看 https://a.b/c。谢谢', '请看 链接。谢谢'],
    ['发邮件到a.b@c.com。', '发邮件到邮箱地址。'],
    ['真的吗？？？太好了！！！', '真的吗？太好了！'],
    ['嗯。。。我想想……好吧...', '嗯。我想想…好吧…'],
    ['这是【重点】', '这是重点'],
    ['| 名 | 岁 |\n|---|:-:|\n| 李 | 5 |\n\n完', '名，岁。李，5。完'],
    ['他说：“好。”\n然后走了', '他说：“好。”然后走了'],
    ['第一行。\n第二行！\n\n第三行', '第一行。第二行！第三行'],
    ['> 引用\n正文', '引用，正文'],
    ['答案[1]是[^2]对的[3](https://x.y)。', '答案是对的。'],
    ['', ''],
    ['😀', ''],
    ['你好！(微笑)再见，(微笑)再见:(微笑)好', '你好！再见，再见:好'],
    ['a【b】c【开心】d】', 'ab cd'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'zh-CN')).toBe(spoken);
  });
});

describe('speakable, English', () => {
  it.each([
    ['**Bold**, *it*, __b__, _i_, ~~s~~, `c` and ***all***.', 'Bold, it, b, i, s, c and all.'],
    ['## Weather\nSunny all day\n\nBye', 'Weather. Sunny all day. Bye'],
    ['Weather\n=======\nSunny', 'Weather. Sunny'],
    ['Buy:\n* milk\n* eggs\n+ [ ] bread\n- [x] tea', 'Buy: milk. eggs. bread. tea'],
    ['A wrapped\nline of prose', 'A wrapped line of prose'],
    ['Roses are red\nViolets are blue', 'Roses are red, Violets are blue'],
    ['See https://x.com/a_b. Or www.foo.org/bar!', 'See link. Or link!'],
    ['(see https://x.com/a)', '(see link)'],
    ['**https://x.com/a**', 'link'],
    ['<https://x.com> or <a@b.com>', 'link or email address'],
    ['Mail me: john.doe@example.com, please', 'Mail me: email address, please'],
    ['John.doe@example.com. Www.example.com!', 'Email address. Link!'],
    ['node.js and example.com and e.g. this', 'node.js and example.com and e.g. this'],
    ['Code:\n```js\nlet a = 1; // **\n```\nDone', 'Code: Done'],
    ['Inline ```let a``` block', 'Inline. block'],
    ['Never closed:\n~~~\nfoo\nbar', 'Never closed:'],
    ['snake_case and 2 * 3 = 6, 2*3', 'snake case and 2 × 3 = 6, 2×3'],
    ['C# and F#, #1 and #tag', 'C# and F#, 1 and tag'],
    ['\\*not bold\\* and \\_x\\_', 'not bold and x'],
    ['a < b & c > d, 1<2', 'a < b & c > d, 1<2'],
    ['A &lt; B &amp; C&nbsp;D', 'A < B & C D'],
    ['<b>bold</b><br>next <i class="x">it</i>', 'bold next it'],
    ['one -- two --- three - four', 'one — two — three — four'],
    ['-5 degrees, 5-6 days, well-known', '-5 degrees, 5-6 days, well-known'],
    ['$5 and $x$', '$5 and x'],
    ['Great 😊! Next 🚀 one 👨‍👩‍👧.', 'Great! Next one.'],
    ['Hi :) there ;-) and :( but a: b', 'Hi there and but a: b'],
    ['1. First\n2. Second', '1, First. 2, Second'],
    ['It costs 3.50. And .5 more', 'It costs 3.50. And .5 more'],
    ['Wait... what?!', 'Wait… what?!'],
    ['![cat](cat.png) A cat', 'cat A cat'],
    ['Wow![link](http://x.y)', 'Wow!link'],
    ['zero\u200bwidth \u0000nul', 'zerowidth nul'],
    ['5.', '5.'],
    ['- 1. milk\n- 2. eggs', '1, milk. 2, eggs'],
    ['| - a | 1. b |\n| # c |', '— a, 1. b. c'],
    ['One\u2028\u2028Two\u2029\u2029Three', 'One. Two. Three'],
    ['One\u2028two\u2029three', 'One two three'],
    ['one\rtwo\r\nthree', 'one two three'],
    ['See\nhttps://x.y/z\nfor more', 'See link for more'],
    ['so**https://x.y/z** now', 'so link now'],
    ['请看https://a.b谢谢', '请看 link 谢谢'],
    [`${'a'.repeat(64)}https://x.y now`, `${'a'.repeat(64)}https link now`],
    ['café://x.y now: // a:/b', 'café link now: // a:/b'],
    ['<https://x.com> a > b', 'link a > b'],
    ['[a](b) [d](e', 'a d'],
    ['arr] (x) and b](http://x) c', 'arr (x) and b c'],
    ['a#b and 5# and C## and C # and C#1 F#.', 'ab and 5 and C# and C and C1 F#.'],
    ['. Hi . There .5 ok .', 'Hi. There .5 ok.'],
    ['Pay $ 5, US$5 $', 'Pay 5, US$5'],
    ['Wow ! [x](y) and a![b](c) !', 'Wow! and a!b!'],
    ['Drive C:D and mail:P stay', 'Drive C:D and mail:P stay'],
    ['\\(x\\) \\# \\\\ back\\', 'x back'],
    ['first@', 'first@'],
    ['ends http:/', 'ends http:/'],
    ['ends *', 'ends'],
    ['x & y &amp &lt;', 'x & y &amp <'],
    ['x\u3000y\u00a0z\tw', 'x y z w'],
    ['one\n# two', 'one. two'],
    ['# 1. Intro\nText', '1. Intro. Text'],
    ['1. 2. x', '1, 2. x'],
    ['Look ![cat](cat.png) there', 'Look cat there'],
    ['Hi😊there', 'Hi there'],
    ['a\\|b', 'ab'],
    ['a----b and *****', 'a—b and'],
    ['C &nbsp; D', 'C D'],
    ['Count 2 *\nthen more', 'Count 2 then more'],
    ['_under_ `code` ~x~', 'under code x'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'en-US')).toBe(spoken);
  });

  it('keeps joining characters in scripts that need them', () => {
    expect(speakable('می\u200cخواهم', 'fa')).toBe('می\u200cخواهم');
    expect(speakable('ver2\u200d now', 'en')).toBe('ver2 now');
  });

  it('drops an address if the language has no word for it', () => {
    expect(speakable('Katso https://x.y/z nyt', 'fi')).toBe('Katso nyt');
    expect(speakable('Katso https://x.y/z, nyt', 'fi')).toBe('Katso, nyt');
  });

  it('writes the word for an address without spaces if the script has none', () => {
    expect(speakable('見てhttps://x.y/zです', 'ja')).toBe('見てリンクです');
  });

  it('drops half a character (a lone surrogate) at the end of the reply', () => {
    expect(speakable('Hi \ud83d', 'en')).toBe('Hi');
  });
});

describe('parts that are not for the user', () => {
  it.each([
    ['<think>the user wants **x**</think>Hello', 'Hello'],
    ['<think>\n\n</think>\n\nHello', 'Hello'],
    ['<Thinking a="b">x</thinking >Hello', 'Hello'],
    ['Hello <think>hm, a < b </thin </think>there', 'Hello. there'],
    ['<think>never closed', ''],
    ['no opening</think> Hello', 'no opening Hello'],
    ['<tool_call>{"name":"x"}</tool_call>Done', 'Done'],
    ['<|im_start|>Hello<|im_end|>', 'Hello'],
    ['Hello<thin', 'Hello'],
    ['Hello</', 'Hello'],
    ['<思考>嗯</思考>你好', '你好'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'en')).toBe(spoken);
  });
});

describe('parts that are no speech', () => {
  it.each([
    ['*smiles warmly* Hello there. (waves) [laughs] Nice to meet you.', 'Hello there. Nice to meet you.'],
    ['Hello there (waves).', 'Hello there.'],
    ['*Sighs* Well. *giggles*', 'Well.'],
    [
      '*Never* do that. *Really*, no. It is *very* nice. *some* words go on',
      'Never do that. Really, no. It is very nice. some words go on',
    ],
    [
      'Salt (optional). (The second one) is (see below) better.',
      'Salt (optional). (The second one) is (see below) better.',
    ],
    ['f(x) and (a*b) and (x*y*z) and (≤5) and (→)', 'f(x) and (ab) and (xyz) and (≤5) and ()'],
    ['Hi (｡♥‿♥｡) there ^_^ :) ;-) xD ¯\\_(ツ)_/¯ ok.', 'Hi there ok.'],
    ['Yes (>_<) no (T_T) XD T_T', 'Yes no'],
    ['Xavier, xDrive and T_Total', 'Xavier, xDrive and T Total'],
    ['Wow! (waves) Nice. And so… (waves) Nice? (waves) Good', 'Wow! Nice. And so… Nice? Good'],
    ['Then: (waves) Hello', 'Then: Hello'],
    ['He said "Hi." (waves) Bye', 'He said "Hi." Bye'],
    ['‘Hi’ (waves) “Hi” (waves) Bye', '‘Hi’ “Hi” Bye'],
    ['Then, (waves) Hello', 'Then, (waves) Hello'],
    ['Hello!(waves) Nice', 'Hello!(waves) Nice'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'en')).toBe(spoken);
  });

  it.each([
    ['（微笑）你好！【开心】我是小智[笑]', '你好！我是小智'],
    ['你好（北京）。*微笑*再见', '你好（北京）。再见'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'zh-CN')).toBe(spoken);
  });
});

describe('formulas', () => {
  it.each([
    [
      'The formula is $E = mc^2$ and \\(a^2 + b^2 = c^2\\) done.',
      'The formula is E = mc squared and a squared + b squared = c squared done.',
    ],
    [
      'So $$\\frac{1}{2}$$ and \\frac{a^2}{b} and \\sqrt{x}.',
      'So 1 over 2 and a squared over b and the square root of x.',
    ],
    ['2^10 = 1024, x^{-1}, 5 m², x³', '2 to the power of 10 = 1024, x to the power of -1, 5 m squared, x cubed'],
    ['3 \\times 4 \\text{ apples}', '3 × 4 apples'],
    ['a ^ b and \\alpha', 'a b and alpha'],
    ['(a+b)^2 and (c)² and 5 ² x', '(a+b) squared and (c) squared and 5 ² x'],
    ['é^2 ^4', 'é squared 4'],
    ['x+^2 and +²', 'x+ 2 and +²'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'en')).toBe(spoken);
  });

  it.each([
    ['2^10=1024，x²', '2的10次方=1024，x平方'],
    ['\\frac{1}{2}', '2分之1'],
  ])('%j', (source, spoken) => {
    expect(speakable(source, 'zh-CN')).toBe(spoken);
  });
});

describe('emotions', () => {
  const emotions = (source: string): string[] => {
    const [whole, bit] = [[source], source.split('')].map((deltas) =>
      partsOf('en', deltas).flatMap((part) => (part.type === 'emotion' ? [part.emotion] : [])),
    );
    expect(bit).toEqual(whole);
    return whole ?? [];
  };
  it.each([
    ['😊 Hello', ['happy']],
    ['[happy] Hello', ['happy']],
    ['[Emotion: Sad] Oh', ['sad']],
    ['【开心】你好', ['happy']],
    ['❤️ and 🤔 and 😴', ['loving', 'thinking', 'sleepy']],
    ['🚀 no face', []],
    ['[happy](https://x.y) is a link', []],
    ['[note] no face', []],
    ['Hi :) ', ['happy']],
    ['👍🏽', ['happy']],
    ['*giggles* Hi. (sighs) Oh. T_T', ['laughing', 'sad', 'crying']],
    ['（微笑）你好[哭]', ['happy', 'crying']],
  ])('%j shows %j', (source, faces) => {
    expect(emotions(source)).toEqual(faces);
  });

  it('the tag is not spoken', () => {
    expect(speakable('[laughing] Ha. [sad]Oh.', 'en')).toBe('Ha. Oh.');
  });

  it('come between the texts before and after them, or without text if there is none', () => {
    expect(partsOf('en', ['Hi 😊 there'])).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'emotion', emotion: 'happy' },
      { type: 'text', text: ' there' },
    ]);
    expect(partsOf('en', ['', '😊'])).toEqual([{ type: 'emotion', emotion: 'happy' }]);
  });
});

describe('a construct that is complete', () => {
  it.each([
    'Pay $5 or $x',
    'Wow! no',
    'a] b',
    'C# or #1',
    '**a** _b_ `c` -d',
    'x: y',
    'a. b',
    '\\(x\\)',
    'café://x.y',
    'Tom &amp; Al & I',
    'a < b (c) {d}',
  ])('is not held back: %j', (source) => {
    const text = `${source} and`;
    expect(textOf(new SpeechCleaner('en').push(`${text} `))).toBe(speakable(text, 'en'));
  });
});

describe('the announced continuation, while a word may be an address', () => {
  const ahead = (source: string, language = 'en'): string => {
    const cleaner = new SpeechCleaner(language);
    cleaner.push(source);
    return cleaner.ahead;
  };
  it.each([
    ['The garden is quiet. The', ' T'],
    ['Hi 😊 Bob', ' B'],
    ['See https://x.y. Bob', ' B'],
  ])('is a space and a capital letter: %j', (source, known) => {
    expect(ahead(source)).toBe(known);
  });
  it.each([
    ['the word is not the first of a sentence', 'The garden is quiet. the'],
    ['it is a digit', 'The garden is quiet. 3'],
    ['it may be a face', 'Good one. X'],
    ['it is hidden', 'Go. <think>Abc'],
    ['it belongs to an address', 'See https://X'],
    ['a mark comes before it', '# Weather\nSunny'],
    ['no space comes before it', 'Go."Bob'],
    ['it is the first', 'Bob'],
    ['it is not known yet', 'Go. '],
  ])('is empty if %s', (_why, source) => {
    expect(ahead(source)).toBe('');
  });
  it('is empty in a language that drops addresses', () => {
    expect(ahead('Il giardino. Il', 'it')).toBe('');
  });
});
