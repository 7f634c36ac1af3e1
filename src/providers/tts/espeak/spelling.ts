import { cutLongTokens } from '../trim.js';

const HAN_DIGITS = '零一二三四五六七八九';
/**
 * A Chinese number with this many digits and no separators is a telephone or serial number. It is spoken digit by
 * digit.
 */
const MIN_SERIAL_DIGITS = 7;

/**
 * espeak knows numbers, dates and decimals in every language. Its Mandarin lacks clock times, percentages, years and
 * telephone numbers. espeak's own control syntax, SSML and `[[phonemes]]`, is removed.
 */
export function espeakSpelling(text: string, voice: string): string {
  let spelled = text
    .replace(/[<>]/gu, ' ')
    .replace(/\[\[|\]\]/gu, ' ')
    .replace(/[\p{Cc}]+/gu, ' ');
  if (voice === 'cmn' || voice === 'yue') spelled = chinese(spelled);
  return cutLongTokens(spelled.replace(/\s+/gu, ' ').trim());
}

function chinese(text: string): string {
  return (
    text
      // espeak speaks a final 儿 as a separate, long syllable. "一会儿" takes 1.9 s, "一会" 0.6 s.
      .replace(/(?<=[这那哪])儿/gu, '里')
      .replace(/(?<=[会点事玩块])儿(?![子女童])/gu, '')
      .replace(
        /(?<![\d:：])([01]?\d|2[0-4])[:：]([0-5]\d)(?![\d:：])/gu,
        (_, hour: string, minute: string) =>
          `${Number(hour)}点${minute === '00' ? '整' : `${minute.startsWith('0') ? '零' : ''}${Number(minute)}分`}`,
      )
      .replace(/(\d[\d,]*(?:\.\d+)?)\s?[%％]/gu, '百分之$1')
      .replace(/(?<!\d)(\d{4})(?=年)/gu, digitByDigit)
      .replace(new RegExp(`(?<![\\d.,])\\d{${MIN_SERIAL_DIGITS},}(?![\\d.,]*\\d)`, 'gu'), digitByDigit)
      .replace(/(?<=\d)\s?[~～]\s?(?=\d)/gu, '到')
      .replace(/(?<=\d)\s?[℃]|(?<=\d)\s?°C/gu, '摄氏度')
  );
}

function digitByDigit(digits: string): string {
  return Array.from(digits, (digit) => HAN_DIGITS[Number(digit)] ?? digit).join('');
}
