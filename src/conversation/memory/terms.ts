const RUNS = /[\u3400-\u9FFF\uF900-\uFAFF\u3040-\u30FF]+|[\p{L}\p{N}]+/gu;
const WIDE = /^[\u3400-\u9FFF\uF900-\uFAFF\u3040-\u30FF]/u;

const STOP_WORDS = new Set(
  (
    'a about am an and any are as at be been but by can could did do does for from had has have he her him his ' +
    'how i if in is it its ' +
    'me my no not of on or our she should so that the their them they this to was we were what when where ' +
    'which who whom ' +
    'whose why will with would you your yours know remember tell please again really like ' +
    '什么 是什 么时 时候 的是 是不 不是 有没 没有 知道 记得 告诉 我的 你的 他的 她的 我是 你是 是谁 哪里 在哪 怎么 为什 可以 ' +
    '一个 这个 那个 我们 你们 他们 还记 得我 叫什 么名 的时 了吗 是吗 来着'
  ).split(' '),
);

/**
 * Words in lower case without the most common words. Chinese has no spaces between words, so pairs of adjacent
 * characters are terms.
 */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(RUNS)) {
    if (!WIDE.test(run)) terms.push(run);
    else if (run.length === 1) terms.push(run);
    else for (let at = 0; at < run.length - 1; at++) terms.push(run.slice(at, at + 2));
  }
  return terms.filter((term) => !STOP_WORDS.has(term));
}

/** True for a word that may have another ending, for example allergy and allergic. */
export function isInflected(term: string): boolean {
  return term.length >= 4 && !WIDE.test(term) && !/\d/.test(term);
}
