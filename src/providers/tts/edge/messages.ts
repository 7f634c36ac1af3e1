import { ChorusError } from '../../../core/index.js';
import { escapeXml } from '../../wire/xml.js';
import { edgeWords } from './words.js';

/** The only format that all deployments of the service offer to this client: 48 kbit/s, 24 kHz, mono. */
const OUTPUT_FORMAT = 'audio-24khz-48kbitrate-mono-mp3';

/** Word boundaries are not used, so no metadata is requested. */
export function configMessage(wallMs: number): string {
  const config = {
    context: {
      synthesis: {
        audio: {
          metadataoptions: { sentenceBoundaryEnabled: 'false', wordBoundaryEnabled: 'false' },
          outputFormat: OUTPUT_FORMAT,
        },
      },
    },
  };
  return headed(
    { 'X-Timestamp': timestamp(wallMs), 'Content-Type': 'application/json; charset=utf-8', Path: 'speech.config' },
    JSON.stringify(config),
  );
}

export interface SsmlRequest {
  readonly requestId: string;
  readonly text: string;
  /** For example `zh-CN-XiaoxiaoNeural`. */
  readonly voice: string;
  /** 1 is normal speed. */
  readonly rate: number;
}

export function ssmlMessage(request: SsmlRequest, wallMs: number): string {
  const percent = Math.round((request.rate - 1) * 100);
  const locale = /^[a-z]{2,3}-[A-Z]{2}/u.exec(request.voice)?.[0] ?? 'en-US';
  const ssml =
    `<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='${locale}'>` +
    `<voice name='${escapeXml(request.voice)}'>` +
    `<prosody pitch='+0Hz' rate='${percent < 0 ? '' : '+'}${percent}%' volume='+0%'>` +
    `${escapeXml(request.text)}</prosody></voice></speak>`;
  // Like the browser's client, adds a Z to a time that already has a time zone.
  return headed(
    {
      'X-RequestId': request.requestId,
      'Content-Type': 'application/ssml+xml',
      'X-Timestamp': `${timestamp(wallMs)}Z`,
      Path: 'ssml',
    },
    ssml,
  );
}

function headed(headers: Readonly<Record<string, string>>, body: string): string {
  return `${Object.entries(headers)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')}\r\n${body}`;
}

/** The browser's format: `Wed Nov 25 2026 12:00:00 GMT+0000 (Coordinated Universal Time)`. */
function timestamp(wallMs: number): string {
  const [day, date, month, year, time] = new Date(wallMs).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${date} ${year} ${time} GMT+0000 (Coordinated Universal Time)`;
}

export interface EdgeMessage {
  /** `turn.start`, `response`, `audio`, `audio.metadata`, `turn.end`, or another name. */
  readonly path: string;
  readonly requestId: string | undefined;
  readonly body: Uint8Array;
}

/** Reads the headers, which end at an empty line. The body is not used. Never throws. */
export function parseTextMessage(text: string): EdgeMessage {
  const end = text.indexOf('\r\n\r\n');
  return message(end < 0 ? text : text.slice(0, end), new Uint8Array(0));
}

/** A message consists of a header length (2 bytes, big-endian), headers and audio. Errors: `tts.failed`. */
export function parseBinaryMessage(data: Uint8Array): EdgeMessage {
  const length = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const headerBytes = data.byteLength >= 2 ? length.getUint16(0, false) : Number.POSITIVE_INFINITY;
  if (headerBytes + 2 > data.byteLength) throw new ChorusError('tts.failed', edgeWords.noMessage);
  const headers = LATIN1.decode(data.subarray(2, 2 + headerBytes));
  return message(headers, data.subarray(2 + headerBytes));
}

const LATIN1 = new TextDecoder('latin1');

/**
 * The result is one literal, because adding a property after a spread creates a new object shape
 * (docs/adr/0027-allocator.md).
 */
function message(text: string, body: Uint8Array): EdgeMessage {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { path: headers.get('path') ?? '', requestId: headers.get('x-requestid'), body };
}
