"""A server made with Home Assistant's package. It recognises the length of the audio, and speaks a tone per letter.

Argument: its own address. Prints `ready`, and later each text that it speaks.
"""

import asyncio
import math
import struct
import sys

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

RATE = 22050
LETTER_SAMPLES = RATE // 20
THIS = {
    "attribution": Attribution(name="test", url="https://example.org"),
    "installed": True,
    "description": "for a test",
    "version": "1",
}
INFO = Info(
    asr=[AsrProgram(name="ears", models=[AsrModel(name="ear", languages=["en"], **THIS)], **THIS)],
    tts=[TtsProgram(name="mouth", voices=[TtsVoice(name="tone", languages=["en"], speakers=None, **THIS)], **THIS)],
)


def tone(samples):
    return b"".join(struct.pack("<h", int(9000 * math.sin(at * 0.06))) for at in range(samples))


class Handler(AsyncEventHandler):
    heard = 0

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self.write_event(INFO.event())
        elif AudioChunk.is_type(event.type):
            chunk = AudioChunk.from_event(event)
            self.heard += len(chunk.audio) // (chunk.width * chunk.channels)
        elif AudioStop.is_type(event.type):
            await self.write_event(Transcript(text=f"{self.heard} samples").event())
            return False
        elif Synthesize.is_type(event.type):
            text = Synthesize.from_event(event).text
            print(text, flush=True)
            sound = {"rate": RATE, "width": 2, "channels": 1}
            await self.write_event(AudioStart(**sound).event())
            for _ in text:
                await self.write_event(AudioChunk(audio=tone(LETTER_SAMPLES), **sound).event())
            await self.write_event(AudioStop().event())
        return True


async def main(uri):
    server = AsyncServer.from_uri(uri)
    await server.start(Handler)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
