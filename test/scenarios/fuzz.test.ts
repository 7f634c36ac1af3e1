import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  parseClientId,
  parseDeviceId,
  parseDeviceMessage,
  parseOtaBody,
  parseUserAgent,
  type Framing,
} from '../../src/device/protocol/index.js';
import { OpusDecoder, OpusEncoder } from '../../src/audio/index.js';

/**
 * Gives a million hostile inputs to the code that reads bytes from outside. A seed determines them, so a failure can be
 * repeated. Most are valid inputs with changes, because these reach deeper code than noise does.
 */
const SEED = 20261125;

/** xorshift32, which is fast and repeatable. How random it is does not matter here. */
function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(random: (below: number) => number, original: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(original);
  for (let changes = random(6); changes >= 0; changes--)
    if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
  switch (random(4)) {
    case 0:
      return bytes.subarray(0, random(bytes.length + 1));
    case 1:
      return Uint8Array.from([...bytes, ...Array.from({ length: random(24) }, () => random(256))]);
    default:
      return bytes;
  }
}

const utf8 = new TextDecoder();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const MESSAGES = [
  '{"type":"hello","version":1,"features":{"aec":true,"mcp":true},"transport":"websocket",' +
    '"audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}}',
  '{"session_id":"a","type":"listen","state":"start","mode":"auto"}',
  '{"session_id":"a","type":"listen","state":"detect","text":"你好小智"}',
  '{"session_id":"a","type":"abort","reason":"wake_word_detected"}',
  '{"session_id":"a","type":"mcp","payload":{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}}',
  '{"type":"goodbye","session_id":"a"}',
].map(bytesOf);
const OTA = bytesOf(
  '{"version":2,"language":"zh-CN","mac_address":"a0:85:e3:f4:49:34","uuid":"x",' +
    '"application":{"name":"xiaozhi","version":"2.4.2"},"board":{"type":"wifi",' +
    '"name":"bread","ssid":"a\\"b"}}',
);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory of JavaScript, plus that of buffers and the codec outside JavaScript's heap. */
function memoryBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * How much memory may grow during the second half of the inputs: this much, or 16 bytes per input if that is more.
 * Measured: after the first 300,000 inputs the heap varies by 0.3 MB, rarely by 1.4. A leak would keep at least 32
 * bytes of each input, which is 1.6 MB in the smallest test.
 */
const MAX_GROWTH_BYTES = 1_200_000;

/**
 * Runs all inputs, and checks the growth of memory during the second half. During the first half, caches fill and code
 * is compiled.
 */
function expectNoGrowth(count: number, give: (n: number) => void): void {
  const half = Math.floor(count / 2);
  for (let n = 0; n < half; n++) give(n);
  const before = memoryBytes();
  for (let n = half; n < count; n++) give(n);
  expect(memoryBytes() - before).toBeLessThan(Math.max(MAX_GROWTH_BYTES, 16 * (count - half)));
}

describe('a million hostile inputs', { timeout: 120_000 }, () => {
  it('JSON messages: 350,000', () => {
    const random = generator(SEED);
    let understood = 0;
    expectNoGrowth(350_000, (n) => {
      const parsed = parseDeviceMessage(utf8.decode(mutate(random, MESSAGES[n % MESSAGES.length]!)));
      if (parsed.ok) understood += 1;
    });
    // The parser accepted some inputs and refused others.
    expect(understood).toBeGreaterThan(1000);
    expect(understood).toBeLessThan(349_000);
  });

  it('binary frames of the three versions: 300,000', () => {
    const random = generator(SEED + 1);
    let whole = 0;
    expectNoGrowth(300_000, (n) => {
      const framing = ((n % 3) + 1) as Framing;
      const message = mutate(
        random,
        encodeFrame(
          framing,
          Uint8Array.from({ length: 1 + random(60) }, () => random(256)),
          n,
        ),
      );
      const frame = decodeFrame(framing, message);
      if (!frame) return;
      whole += 1;
      // Even if the length field is wrong, the packet must lie within the message.
      if (
        frame.packet.byteOffset < message.byteOffset ||
        frame.packet.byteOffset + frame.packet.length > message.byteOffset + message.length
      )
        throw new Error(`frame ${n} reaches out of its message`);
    });
    expect(whole).toBeGreaterThan(100_000);
  });

  it('OTA bodies and identity headers: 200,000', () => {
    const random = generator(SEED + 2);
    expectNoGrowth(100_000, () => {
      if (typeof parseOtaBody(utf8.decode(mutate(random, OTA))) !== 'object') throw new Error('no object');
    });
    expectNoGrowth(100_000, () => {
      const header = utf8.decode(mutate(random, bytesOf('a0:85:e3:f4:49:34/2.4.2')));
      const deviceId = parseDeviceId(header.slice(0, 17));
      if (deviceId !== undefined && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(deviceId))
        throw new Error(`${deviceId} is no device id`);
      parseClientId(header);
      parseUserAgent(header);
    });
  });

  it('Opus packets: 150,000 into one decoder, which still decodes afterwards', () => {
    const random = generator(SEED + 3);
    const encoder = new OpusEncoder({
      rateHz: 16_000,
      application: 'voip',
      complexity: 0,
      bitrate: 'auto',
      dtx: false,
    });
    const tone = Int16Array.from({ length: 960 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 440 * i) / 16_000));
    const valid = encoder.encode(tone);
    const decoder = new OpusDecoder(16_000);
    expectNoGrowth(150_000, (n) => {
      decoder.decode(n % 3 === 0 ? Uint8Array.from({ length: random(64) }, () => random(256)) : mutate(random, valid));
    });
    for (let n = 0; n < 5; n++) {
      const decoded = decoder.decode(encoder.encode(tone));
      expect(decoded.ok && decoded.pcm.length).toBe(960);
    }
  });
});
