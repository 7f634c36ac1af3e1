/** A message of the Wyoming protocol (https://github.com/OHF-Voice/wyoming). The data is JSON. */
export interface WyomingEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export function wyomingEvent(
  type: string,
  data: Readonly<Record<string, unknown>> = {},
  payload: Uint8Array = NOTHING,
): WyomingEvent {
  return { type, data, payload };
}

/** The layout is the same as in the protocol's reference library. */
export function encodeEvent({ type, data, payload }: WyomingEvent): Buffer {
  const body = Object.keys(data).length === 0 ? undefined : Buffer.from(JSON.stringify(data));
  const header = {
    type,
    version: '1.0.0',
    ...(body && { data_length: body.byteLength }),
    ...(payload.byteLength > 0 && { payload_length: payload.byteLength }),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body ?? NOTHING, payload]);
}

export const textOf = ({ data }: WyomingEvent): string => (typeof data['text'] === 'string' ? data['text'] : '');
