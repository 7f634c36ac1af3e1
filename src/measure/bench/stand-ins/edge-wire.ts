/** The wire format of the Edge read-aloud service, on the service's side. */

/** Two bytes with the length of the headers (big-endian), the headers, and audio. */
export function audioMessage(header: Uint8Array, piece: Uint8Array): Uint8Array {
  const message = new Uint8Array(2 + header.byteLength + piece.byteLength);
  new DataView(message.buffer).setUint16(0, header.byteLength, false);
  message.set(header, 2);
  message.set(piece, 2 + header.byteLength);
  return message;
}

/** A message of the client. `body` is the text after the headers. */
export function readMessage(message: string): {
  readonly path: string;
  readonly requestId: string;
  readonly body: string;
} {
  const end = message.indexOf('\r\n\r\n');
  const head = end < 0 ? message : message.slice(0, end);
  return {
    path: /^Path:\s*(\S+)/m.exec(head)?.[1] ?? '',
    requestId: /^X-RequestId:\s*(\w+)/m.exec(head)?.[1] ?? '',
    body: end < 0 ? '' : message.slice(end + 4),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function spokenText(ssml: string): string {
  return ssml.replace(/<[^>]*>/gu, '').replace(/&(amp|lt|gt|quot|apos);/gu, (_, name: string) => ENTITIES[name] ?? '');
}
