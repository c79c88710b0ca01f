"""Speech to text with faster-whisper: what runs inside the child process, on its main thread.

A recording is worked off in blocks of at most ten minutes that end in a pause, so memory does not grow with its length.
Long silence is cut out of a block before Whisper hears it, because Whisper invents text there; everything else reaches
Whisper untouched and with the text before it as context, as in one sequential run over the whole recording.
"""

from __future__ import annotations

import threading
import wave
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray
from tqdm import tqdm

from studio.core.errors import DeviceError, EngineError, ModelError
from studio.core.transcript import Word
from studio.engines.base import SAMPLE_RATE, Heard, Language, Notice, SpeechEvent, SpeechRequest

Sound = NDArray[np.float32]
Stretch = tuple[int, int]  # start and end in samples of the block

BLOCK = 600 * SAMPLE_RATE
SHORTEST_AFRESH_MS = 500  # asked again, Silero takes more of them for speech
PAUSE_MS = 300  # a gap this long separates two stretches of speech
SHORTEST_MS = 250  # shorter stretches of "speech" are clicks and single notes
LONG_SILENCE = 5 * SAMPLE_RATE  # longer ones are cut out, but for
AFRESH = 30 * SAMPLE_RATE  # how much of them Silero hears at once when it is asked again
MARGIN = SAMPLE_RATE  # this much on either side
REACH = SAMPLE_RATE * 3 // 10  # words all farther than this from any speech were invented
LEEWAY = SAMPLE_RATE // 5  # speech may begin this much before Silero says so, and end as much after
MISSED = SAMPLE_RATE * 3 // 2  # this much speech without a word is heard again
CONTEXT_TOKENS = 223  # what Whisper can remember of the text before
PROMPT_RESET = 0.5  # a guess at a higher temperature is no context; faster-whisper's own limit
VOCABULARY_TOKENS = 100  # more would leave too little room for the text itself
UNSURE = 0.5  # below this probability more of the speech is heard before the language is decided
LANGUAGE_WINDOWS = 4  # of 30 s
REPEATS = 3  # the same text more often in a row is Whisper in a loop
LONGEST_LOOP = 10  # words
COMPUTE_TYPES = {"cpu": ("int8", "int8_float32", "float32"), "cuda": ("float16", "int8_float16", "float32")}
CARD_WORDS = ("cuda", "cublas", "cudnn", "out of memory")


class Timed(NamedTuple):
    heard: Any  # faster_whisper.transcribe.Word
    start: int  # samples of the block
    end: int


class Session:
    """One loaded model.

    Raises ModelError when it cannot be loaded, DeviceError when the graphics card is the reason.
    """

    def __init__(self, model_dir: Path, device: str, threads: int) -> None:
        # tqdm's own lock is a system semaphore, which a killed process leaves behind with a warning on the terminal
        tqdm.set_lock(threading.RLock())
        self.name = model_dir.name
        try:
            able = ctranslate2.get_supported_compute_types(device)
            kind = next(kind for kind in COMPUTE_TYPES[device] if kind in able)
            self.model = WhisperModel(str(model_dir), device=device, compute_type=kind, cpu_threads=threads)
        except Exception as error:
            _raise_if_card(error)
            what = f"The speech model “{self.name}” cannot be loaded."
            raise ModelError(what, "Remove the model and fetch it again.", f"{model_dir}: {error}") from error

    def transcribe(self, request: SpeechRequest) -> Iterator[SpeechEvent]:
        """See engines.base.SpeechEngine."""
        try:
            with wave.open(str(request.audio), "rb") as recording:
                if recording.getparams()[:3] != (1, 2, SAMPLE_RATE):
                    raise wave.Error("not 16 kHz mono 16 bit")
                yield from _Work(self.model, self.name, request).run(recording)
        except (OSError, EOFError, wave.Error) as error:
            raise EngineError(f"The sound of “{request.audio.name}” cannot be read.", "Retry.", str(error)) from error
        except RuntimeError as error:
            _raise_if_card(error)
            raise


def _raise_if_card(error: Exception) -> None:
    if any(word in str(error).lower() for word in CARD_WORDS):
        raise DeviceError("The graphics card failed.", "Use the processor.", str(error)) from error


class _Work:
    """One recording on its way through the model."""

    def __init__(self, model: WhisperModel, name: str, request: SpeechRequest) -> None:
        self.model = model
        self.name = name
        self.request = request
        self.decode = request.decode
        self.language = request.language if model.model.is_multilingual else request.language or "en"
        self.vocabulary = request.vocabulary.strip()
        self.context: list[int] = []  # tokens of the text before
        self.until = request.start
        self.last_text = ""
        self.same = 0  # how often it came in a row

    def run(self, recording: wave.Wave_read) -> Iterator[SpeechEvent]:
        yield from self.settle()
        at = min(self.request.start * SAMPLE_RATE // 1000, recording.getnframes())
        for sound, speech in read_blocks(recording, at, self.decode.vad_threshold):
            yield from self.hear(at, sound, speech)
            at += len(sound)
            self.until = max(self.until, _ms(at))
            yield Heard((), self.until)

    def settle(self) -> Iterator[SpeechEvent]:
        """Check what was asked for against what the model can do."""
        known = self.model.supported_languages
        if self.language is not None:
            if self.language not in known:
                limits = "English only" if known == ["en"] else f"many languages, but not “{self.language}”"
                hint = "Choose another model or another language."
                raise EngineError(f"The speech model “{self.name}” understands {limits}.", hint)
            yield Language(self.language, 1.0)
        if self.request.task == "translate" and known == ["en"]:
            yield Notice(f"The speech model “{self.name}” understands English only, so there is nothing to translate.")
        tokens = self.model.hf_tokenizer.encode(self.vocabulary, add_special_tokens=False)
        if len(tokens.ids) > VOCABULARY_TOKENS:
            self.vocabulary = self.vocabulary[: tokens.offsets[VOCABULARY_TOKENS][0]].rpartition(",")[0]
            yield Notice(f"The list of words to expect is too long: nothing after “{self.vocabulary[-30:]}” is used.")

    def hear(self, at: int, sound: Sound, speech: list[Stretch]) -> Iterator[SpeechEvent]:
        """One block, which begins at sample `at` of the recording and holds `speech`."""
        kept = squeeze(speech, len(sound)) if self.decode.vad else [(0, len(sound))]
        if not kept:
            return
        clock = Clock(kept)
        squeezed = np.concatenate([sound[start:end] for start, end in kept])
        segments, info = self.model.transcribe(squeezed, **self.options())
        if self.language is None:
            self.language = info.language
            yield Language(info.language, round(float(info.language_probability), 4))
        done = 0  # samples of the block
        for segment in segments:
            timed = [Timed(word, *clock.original(word.start, word.end)) for word in segment.words]
            if self.decode.vad and not any(near_speech(word, speech) for word in timed):
                continue
            if segment.compression_ratio > self.decode.compression_ratio_threshold:
                timed = [timed[index] for index in uncoil([word.heard.word for word in timed])]
            if not timed or self.loops(segment.text):
                continue
            timed = [hold(word, speech) for word in timed]
            self.remember(segment)
            for gap, words in split_at_gaps(timed, done, speech):
                yield from self.fill(at, sound, gap)
                yield self.tell(words, at, len(sound))
            done = max(done, timed[-1].end)
        yield from self.fill(at, sound, missed(done, len(sound), speech))

    def fill(self, at: int, sound: Sound, gap: Stretch | None) -> Iterator[Heard]:
        """Listen again where there is speech but Whisper gave no words: it skips the rest of a window now and then."""
        if gap is None or not self.decode.vad or self.request.task == "translate":
            return
        # what is not sure at once is not believed here, so warmer tries would be in vain
        options = self.options() | {"initial_prompt": None, "condition_on_previous_text": False, "temperature": 0.0}
        segments, _ = self.model.transcribe(sound[gap[0] : gap[1]], **options)
        for segment in segments:
            sure = segment.avg_logprob > self.decode.log_prob_threshold
            if sure and segment.compression_ratio <= self.decode.compression_ratio_threshold:
                start = gap[0] / SAMPLE_RATE
                timed = [
                    Timed(word, round((start + word.start) * SAMPLE_RATE), round((start + word.end) * SAMPLE_RATE))
                    for word in segment.words
                ]
                yield self.tell(timed, at, gap[1])

    def options(self) -> dict[str, Any]:
        decode = self.decode
        return {
            "language": self.language,
            "language_detection_threshold": UNSURE,
            "language_detection_segments": LANGUAGE_WINDOWS,
            "task": self.request.task,
            "word_timestamps": True,
            "hotwords": self.vocabulary or None,
            "initial_prompt": self.context[-CONTEXT_TOKENS:] or decode.prompt.strip() or None,
            "beam_size": decode.beam_size,
            "temperature": decode.temperature,
            "condition_on_previous_text": decode.condition_on_previous_text,
            "no_speech_threshold": decode.no_speech_threshold,
            "log_prob_threshold": decode.log_prob_threshold,
            "compression_ratio_threshold": decode.compression_ratio_threshold,
            "repetition_penalty": decode.repetition_penalty,
            "no_repeat_ngram_size": decode.no_repeat_ngram_size,
        }

    def remember(self, segment: Any) -> None:
        """Carry the text over to the next block by the rules by which Whisper carries it to the next window."""
        if not self.decode.condition_on_previous_text or segment.temperature > PROMPT_RESET:
            self.context = []
        else:
            self.context = [*self.context, *segment.tokens][-CONTEXT_TOKENS:]

    def loops(self, text: str) -> bool:
        self.same = self.same + 1 if text == self.last_text else 1
        self.last_text = text
        return self.same > REPEATS

    def tell(self, timed: list[Timed], at: int, limit: int) -> Heard:
        """Words with times in order and inside the recording; moves `until` on."""
        words = []
        for heard, start, end in timed:
            begins = min(max(_ms(at + start), self.until), _ms(at + limit))
            self.until = min(max(_ms(at + end), begins), _ms(at + limit))
            confidence = round(min(max(float(heard.probability), 0.0), 1.0), 4)
            if text := heard.word.strip():
                words.append(Word(text, begins, self.until, confidence, space=heard.word.startswith(" ")))
        return Heard(tuple(words), self.until)


def read_blocks(recording: wave.Wave_read, start: int, threshold: float) -> Iterator[tuple[Sound, list[Stretch]]]:
    """The recording from sample `start` on, in blocks that end in a pause, each with its stretches of speech."""
    total = recording.getnframes()
    while start < total:
        recording.setpos(start)
        sound = np.frombuffer(recording.readframes(BLOCK), "<i2").astype(np.float32) / 32768.0
        if not len(sound):
            raise EOFError("the file is shorter than its header says")
        speech = find_speech(sound, threshold)
        if start + len(sound) < total:
            end = find_end(speech, len(sound))
            sound, speech = sound[:end], [stretch for stretch in speech if stretch[0] < end]
        yield sound, speech
        start += len(sound)


def find_speech(sound: Sound, threshold: float) -> list[Stretch]:
    """Stretches of speech by Silero, which ships with faster-whisper: 2 ms of one processor for a second of sound.

    Silero is deaf to quiet speech after loud speech, so each long silence is listened to once more, afresh.
    """
    speech = _silero(sound, (0, len(sound)), threshold, SHORTEST_MS)
    edges = [(0, 0), *speech, (len(sound), len(sound))]
    for (_, start), (end, _) in pairwise(edges):
        if end - start > LONG_SILENCE:
            for low in range(start, end, AFRESH):
                speech += _silero(sound, (low, min(low + AFRESH, end)), threshold, SHORTEST_AFRESH_MS)
    return sorted(speech)


def _silero(sound: Sound, part: Stretch, threshold: float, shortest: int) -> list[Stretch]:
    options = VadOptions(
        threshold=threshold, min_silence_duration_ms=PAUSE_MS, min_speech_duration_ms=shortest, speech_pad_ms=0
    )
    found = get_speech_timestamps(sound[part[0] : part[1]], options)
    return [(part[0] + stretch["start"], part[0] + stretch["end"]) for stretch in found]


def find_end(speech: list[Stretch], length: int) -> int:
    """The middle of the longest pause in the last third of a block; its end if there is none."""
    edges = [(0, 0), *speech, (length, length)]
    pauses = [(before[1], after[0]) for before, after in pairwise(edges) if after[0] > length * 2 // 3]
    start, end = max(pauses, key=lambda pause: pause[1] - pause[0])
    return max(start, length * 2 // 3) + (end - max(start, length * 2 // 3)) // 2 if end > start else length


def squeeze(speech: list[Stretch], length: int) -> list[Stretch]:
    """What remains of a block when long silence is cut out; nothing where there is no speech."""
    kept: list[Stretch] = []
    before = 0
    for start, end in speech:
        if kept and start - before <= LONG_SILENCE:
            kept[-1] = (kept[-1][0], end + MARGIN)
        else:
            kept.append((0 if start <= LONG_SILENCE else start - MARGIN, end + MARGIN))
        before = end
    if kept:
        last = length if length - before <= LONG_SILENCE else before + MARGIN
        kept[-1] = (kept[-1][0], last)
    return kept


class Clock:
    """Turns seconds of the squeezed sound into samples of the block."""

    def __init__(self, kept: list[Stretch]) -> None:
        self.kept = kept
        lengths = [end - start for start, end in kept]
        self.starts = [0, *accumulate(lengths)][:-1]  # where each stretch begins in the squeezed sound

    def original(self, start: float, end: float) -> Stretch:
        """Both times by the stretch that holds the middle, so that no word spans a cut."""
        index = max(0, bisect_right(self.starts, (start + end) / 2 * SAMPLE_RATE) - 1)
        low, high = self.kept[index]
        shift = low - self.starts[index]
        first, last = (min(max(round(time * SAMPLE_RATE) + shift, low), high) for time in (start, end))
        return first, last


def near_speech(word: Timed, speech: list[Stretch]) -> bool:
    index = bisect_right(speech, word.end + REACH, key=lambda stretch: stretch[0]) - 1
    return index >= 0 and speech[index][1] > word.start - REACH


def hold(word: Timed, speech: list[Stretch]) -> Timed:
    """The word without the silence that Whisper lets it span, mostly before the first word after a pause."""
    index = bisect_right(speech, word.start, key=lambda stretch: stretch[1])
    inside = [stretch for stretch in speech[index : index + 8] if stretch[0] < word.end]
    if not inside:
        return word
    return Timed(word.heard, max(word.start, inside[0][0] - LEEWAY), min(word.end, inside[-1][1] + LEEWAY))


def missed(start: int, end: int, speech: list[Stretch]) -> Stretch | None:
    """What to listen to again between two words: a bit more than the speech there, None if it is short."""
    inside = [(max(start, low), min(end, high)) for low, high in speech if low < end and high > start]
    if sum(high - low for low, high in inside) < MISSED:
        return None
    return max(start, inside[0][0] - MARGIN), min(end, inside[-1][1] + MARGIN)


def split_at_gaps(timed: list[Timed], done: int, speech: list[Stretch]) -> Iterator[tuple[Stretch | None, list[Timed]]]:
    """The words in runs, each with the gap before it in which speech was missed, if any."""
    gap: Stretch | None = None
    run: list[Timed] = []
    for word in timed:
        before = missed(done, word.start, speech)
        if before:
            if run:
                yield gap, run
            gap, run = before, []
        run.append(word)
        done = max(done, word.end)
    yield gap, run


def uncoil(words: list[str]) -> list[int]:
    """The words that remain (by index) when whatever comes more than three times in a row is left out from then on."""
    plain = [word.strip(" .,!?…").lower() for word in words]
    kept: list[int] = []
    for index in range(len(words)):
        kept.append(index)
        for period in range(1, LONGEST_LOOP + 1):
            tail = [plain[i] for i in kept[-period * (REPEATS + 1) :]]
            if len(tail) == period * (REPEATS + 1) and tail[period:] == tail[:-period]:
                del kept[-period:]
                break
    return kept


def _ms(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE
