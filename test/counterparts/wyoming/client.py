"""Uses a server as Home Assistant does, with its package. Prints the results as one line of JSON.

Arguments: the server's address, and a text to speak. Reads the audio to recognise, 16 kHz PCM, from standard input.
"""

import asyncio
import json
import sys

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.info import Describe, Info
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
)

FORMAT = {"rate": 16000, "width": 2, "channels": 1}
CHUNK_BYTES = 2048


async def events(client, is_last):
    while True:
        event = await client.read_event()
        if event is None:
            raise EOFError("the server closed the connection")
        yield event
        if is_last(event.type):
            return


async def described(uri):
    async with AsyncClient.from_uri(uri) as client:
        await client.write_event(Describe().event())
        async for event in events(client, Info.is_type):
            if Info.is_type(event.type):
                info = Info.from_event(event)
    return {
        "models": [model.name for program in info.asr for model in program.models],
        "voices": [voice.name for program in info.tts for voice in program.voices],
        "streams": [program.supports_synthesize_streaming for program in info.tts],
    }


async def recognised(uri, audio):
    async with AsyncClient.from_uri(uri) as client:
        await client.write_event(Transcribe(language="en").event())
        await client.write_event(AudioStart(**FORMAT).event())
        for at in range(0, len(audio), CHUNK_BYTES):
            await client.write_event(AudioChunk(audio=audio[at : at + CHUNK_BYTES], **FORMAT).event())
        await client.write_event(AudioStop().event())
        async for event in events(client, Transcript.is_type):
            if Transcript.is_type(event.type):
                return Transcript.from_event(event).text


async def spoken(uri, requests, is_last):
    size, rates = 0, set()
    async with AsyncClient.from_uri(uri) as client:
        for request in requests:
            await client.write_event(request.event())
        async for event in events(client, is_last):
            if AudioChunk.is_type(event.type):
                chunk = AudioChunk.from_event(event)
                size += len(chunk.audio)
                rates.add((chunk.rate, chunk.width, chunk.channels))
    return {"bytes": size, "formats": sorted(rates)}


async def main(uri, text):
    streamed = [
        SynthesizeStart(),
        *(SynthesizeChunk(text=word) for word in text.split(" ")),
        SynthesizeStop(),
    ]
    print(
        json.dumps(
            {
                **await described(uri),
                "text": await recognised(uri, sys.stdin.buffer.read()),
                "whole": await spoken(uri, [Synthesize(text=text)], AudioStop.is_type),
                "streamed": await spoken(uri, streamed, SynthesizeStopped.is_type),
            }
        )
    )


asyncio.run(main(*sys.argv[1:]))
