"""A voice-over of real speech: every cue is heard at its time, and one that cannot be spoken stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from studio import media
from studio.core.errors import UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.speaking import Casting, Delivery, Manner
from studio.core.transcript import Segment, join_words
from studio.library import Home
from studio.services import voiceover
from studio.services.studio import Studio
from studio.services.voiceover import Missed, Parts, Spoke

HEART = Manner("hibari/heart")
CUES = (
    Segment(500, 2_500, "The first cue begins here.", id=1, speaker="S1"),
    Segment(3_000, 3_600, "And this one has far more words\nthan it has time for.", id=2, speaker="S2"),
    Segment(4_000, 5_000, "…", id=3),
    Segment(8_000, 9_500, "The last one.", id=4),
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path_factory.mktemp("home")).prepared())
    yield studio
    studio.close()


def spoken(studio: Studio, parts: Parts, cues: tuple[Segment, ...] = CUES) -> dict[int, Spoke]:
    return {e.cue: e for e in voiceover.speak_cues(studio, cues, parts, StopToken()) if isinstance(e, Spoke)}


def heard(sound: media.Sound) -> NDArray[np.float32]:
    """Mono."""
    return np.concatenate(list(sound.blocks(StopToken())), axis=1).mean(axis=0)


def onset(samples: NDArray[np.float32], after: int, rate: int = media.FULL_RATE) -> float:
    """The first millisecond from `after` on in which something is heard."""
    part = np.abs(samples[after * rate // 1000 :])
    return after + float(np.flatnonzero(part > 0.02 * np.abs(samples).max())[0]) * 1000 / rate


def test_every_cue_is_heard_at_its_time_and_for_as_long_as_planned(studio: Studio) -> None:
    parts = Parts(Casting(), HEART)
    spoke = spoken(studio, parts)
    assert set(spoke) == {1, 2, 4}
    placed = voiceover.place(CUES, spoke, parts)
    assert [p.over > 0 for p in placed] == [False, True, False]
    track = voiceover.track(studio, CUES, placed, parts, StopToken(), duration=12_000)
    samples = heard(track)
    assert len(samples) == 12_000 * 48 == track.samples
    for p in placed:
        lead = float(np.flatnonzero(np.abs(heard(voiceover.clip(studio, _cue(p.id), p, parts, StopToken()))) > 0.02)[0])
        assert onset(samples, p.start - 20) == pytest.approx(p.start + lead / 24, abs=20)
        assert np.abs(samples[(p.end + 30) * 48 : (p.end + 300) * 48]).max() < 1e-3


def _cue(id: int) -> Segment:
    return next(c for c in CUES if c.id == id)


def test_speeding_up_makes_a_cue_fit_or_says_what_is_left(studio: Studio) -> None:
    parts = Parts(Casting(hurried=frozenset({2}), limit=1.5), HEART)
    plain = voiceover.place(CUES, spoken(studio, parts), Parts(Casting(), HEART))[1]
    fast = voiceover.place(CUES, spoken(studio, parts), parts)[1]
    assert fast.hurry == 1.5
    assert fast.length == pytest.approx(plain.length / 1.5, abs=1)
    assert 0 < fast.over < plain.over
    sound = voiceover.clip(studio, CUES[1], fast, parts, StopToken())
    assert sound.samples * 1000 / sound.rate == pytest.approx(fast.length, abs=2)
    already = Parts(replace(parts.casting, manners={"S2": Manner("", Delivery(tempo=1.9))}), HEART)
    assert voiceover.place(CUES, spoken(studio, already), already)[1].hurry == pytest.approx(2 / 1.9)


def test_each_speaker_has_a_voice_and_a_delivery_of_their_own(studio: Studio) -> None:
    usual = spoken(studio, Parts(Casting(), HEART))
    slow = Parts(Casting({"S1": Manner("", Delivery(pitch=-3, tempo=0.5))}), HEART)
    slowed = spoken(studio, slow)
    assert slowed[1].length == pytest.approx(2 * usual[1].length, abs=2)
    assert slowed[2].length == usual[2].length


def test_a_cue_that_cannot_be_spoken_stops_nothing(studio: Studio) -> None:
    cues = (CUES[0], CUES[1]._replace(text="ąœ ⅛"), CUES[3])
    parts = Parts(Casting({"S2": Manner("hibari/nobody")}), HEART)
    events = list(voiceover.speak_cues(studio, cues, parts, StopToken()))
    (missed,) = [e for e in events if isinstance(e, Missed)]
    assert (missed.cue, "no voice" in missed.problem.what) == (2, True)
    assert {e.cue for e in events if isinstance(e, Spoke)} == {1, 4}


def test_a_file_with_nothing_to_speak_says_so(studio: Studio) -> None:
    with pytest.raises(UsageError, match="nothing to speak"):
        list(voiceover.speak_cues(studio, (CUES[2]._replace(text="🙂"),), Parts(Casting(), HEART), StopToken()))


def test_it_stops_between_cues_and_goes_on_from_there(studio: Studio) -> None:
    parts, stop = Parts(Casting({"": Manner("", Delivery(tempo=1.1))}), HEART), StopToken()
    steps = voiceover.speak_cues(studio, CUES, parts, stop)
    first = next(e for e in steps if isinstance(e, Spoke))
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        list(steps)
    assert spoken(studio, parts)[first.cue] == first


def test_subtitles_last_as_long_as_the_speech_and_have_its_words(studio: Studio) -> None:
    parts = Parts(Casting(hurried=frozenset({2}), limit=1.5), HEART)
    spoke = spoken(studio, parts)
    placed = voiceover.place(CUES, spoke, parts)
    shown = voiceover.subtitles(CUES, placed, spoke)
    assert [(s.id, s.start) for s in shown] == [(1, 500), (2, 3_000), (4, 8_000)]
    for cue, p in zip(shown, placed, strict=True):
        assert cue.end == p.end
        assert join_words(cue.words) == cue.text
        assert all(cue.start <= w.start <= w.end <= cue.end for w in cue.words)


def test_the_recording_under_it_gives_way_where_somebody_speaks(studio: Studio, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    import soundfile

    path = tmp_path_factory.mktemp("under") / "tone.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(11 * 48_000) / 48_000 * 2 * np.pi * 100), 48_000)
    parts = Parts(Casting(ducked=20.0), HEART)
    cues = CUES[:1]
    placed = voiceover.place(cues, spoken(studio, parts, cues), parts)
    under = media.recorded(path)
    mixed = heard(voiceover.track(studio, cues, placed, parts, StopToken(), duration=11_000, under=under))
    alone = heard(voiceover.track(studio, cues, placed, parts, StopToken(), duration=11_000))
    left = mixed - alone
    middle = (placed[0].start + placed[0].end) // 2 * 48
    assert np.abs(left[middle - 4_800 : middle + 4_800]).max() == pytest.approx(0.03, rel=0.1)
    assert np.abs(left[8 * 48_000 : 9 * 48_000]).max() == pytest.approx(0.3, rel=0.02)
