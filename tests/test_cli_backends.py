"""`studio backends` and `studio transcribe --backend` at stubs of vendors."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import numpy as np
import pytest
import soundfile

from studio.core.jobs import JobState
from studio.library import SPEECH, Home, Library
from tests.vendors.assemblyai import AssemblyAI
from tests.vendors.deepgram import Deepgram
from tests.vendors.prosa import Prosa
from tests.vendors.stt_ai import SttAi
from tests.vendors.stub import key_hash

KEY = "stub-ok"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def stub() -> Iterator[Deepgram]:
    with Deepgram() as stub:
        yield stub


@pytest.fixture
def studio(command: Run) -> Run:
    return command


@pytest.fixture
def added(studio: Run, stub: Deepgram) -> Run:
    """The command, with an account "mine" at the stub whose key is in the environment."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return studio(*arguments, **{"MY_KEY": KEY, **env})

    done = run("backends", "add", "mine", "--kind", "deepgram", "--url", stub.url, "--key-env", "MY_KEY")
    assert done.returncode == 0, done.stderr
    return run


def noise(path: Path, seed: int = 1) -> Path:
    soundfile.write(path, np.random.default_rng(seed).normal(0, 0.1, 3 * 16000), 16000)
    return path


def library(tmp_path: Path) -> Library:
    return Library(Home(tmp_path / "home"))


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


# studio backends


def test_an_account_is_added_listed_tested_and_removed(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    listed = added("backends", "list").stdout
    assert "mine" in listed
    assert "Deepgram" in listed
    assert "$MY_KEY" in listed
    assert "$MY_KEY is not set" in added("backends", "list", MY_KEY="").stdout
    tested = added("backends", "test", "mine")
    assert tested.returncode == 0
    assert "No sound was sent." in tested.stderr
    assert "nova-3" in tested.stdout
    assert not stub.requests("POST")
    removed = added("backends", "remove", "mine")
    assert (removed.returncode, removed.stderr) == (0, "“mine” and its key were removed.\n")
    assert "No accounts yet" in added("backends", "list").stderr


def test_what_a_vendor_keeps_is_listed_and_fetched(added: Run, studio: Run, tmp_path: Path) -> None:
    with SttAi(transcripts=3) as stub:
        urls = ("--url", stub.url, "--option", f"account_url={stub.url}/api/")
        assert studio("backends", "add", "stt", "--kind", "stt-ai", *urls, "--key-env", "MY_KEY").returncode == 0
        listed = added("backends", "kept", "stt")
        assert "Recording 1" in listed.stdout
        file = tmp_path / "kept.srt"
        assert added("backends", "export", "stt", "1", str(file)).stderr == f"Written: {file}\n"
        assert "-->" in file.read_text(encoding="utf-8")
        again = added("backends", "export", "stt", "1", str(file))
        assert (again.returncode, "kept.srt" in again.stderr) == (1, True), "nothing is written over unasked"
        assert "does not export “odt”" in added("backends", "export", "stt", "1", str(tmp_path / "a.odt")).stderr
        assert "minutes" in added("backends", "usage", "stt").stdout
        assert not stub.requests("POST")
    other = added("backends", "kept", "mine")
    assert (other.returncode, "Deepgram keeps no transcripts" in other.stderr) == (2, True)


def test_where_the_sound_goes_is_told(studio: Run) -> None:
    done = studio("backends", "add", "a", "--kind", "assemblyai", "--key-env", "X")
    assert "goes to api.assemblyai.com (AssemblyAI)" in done.stderr
    assert "keeps the text until" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "me"), "unrecognized"),
        ((), "ACTION"),
        (("add", "a"), "--kind"),
        (("add", "a", "--kind", "nobody", "--key-env", "X"), "deepgram"),
        (("add", "a", "--kind", "deepgram"), "--key-stdin or --key-env"),
        (("add", "a", "--kind", "deepgram", "--key-stdin"), "The standard input holds no key."),
        (("add", "a", "--kind", "deepgram", "--key-stdin", "--key-env", "X"), "not allowed with"),
        (("add", "a/b", "--kind", "deepgram", "--key-env", "X"), "cannot be the name"),
        (("add", "a", "--kind", "deepgram", "--key-env", "X", "--url", "ftp://x"), "is not an address"),
        (("add", "a", "--kind", "deepgram", "--key-env", "X", "--url", "http://example.com"), "is not encrypted"),
        (("add", "a", "--kind", "deepgram", "--key-env", "X", "--price", "-1"), "cannot be -1"),
        (("add", "a", "--kind", "deepgram", "--key-env", "X", "--monthly-cap", "nan"), "cannot be nan"),
        (("add", "a", "--kind", "deepgram", "--key-env", "X", "--at-once", "0"), "Say 1 or more"),
        (("add", "a", "--kind", "deepgram", "--key-env", "X", "--option", "x"), "NAME=VALUE"),
        (("test", "nobody"), "There is no account “nobody”."),
        (("remove", "nobody"), "There is no account “nobody”."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_usage_says_what_is_right(studio: Run, arguments: tuple[str, ...], said: str) -> None:
    done = studio("backends", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_from_the_standard_input_needs_a_keyring_or_consent_to_a_file(
    studio: Run, stub: Deepgram, tmp_path: Path, no_keyring: None
) -> None:
    command = ("backends", "add", "mine", "--kind", "deepgram", "--url", stub.url, "--key-stdin")
    done = studio(*command, stdin=f"{KEY}\n")
    assert done.returncode == 1
    assert done.stderr.startswith("This computer has no keyring that could keep the key.")
    assert "No accounts yet" in studio("backends", "list").stderr, "it is not half added"
    assert studio(*command, "--key-file", stdin=f"{KEY}\n").returncode == 0
    keys = tmp_path / "home" / "keys.json"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert "file" in studio("backends", "list").stdout
    assert studio("backends", "test", "mine").returncode == 0
    assert {seen.key for seen in stub.requests()} == {key_hash(KEY)}
    studio("backends", "remove", "mine")
    assert KEY not in keys.read_text("utf-8")


def test_a_wrong_key_is_one_sentence(added: Run) -> None:
    done = added("backends", "test", "mine", MY_KEY="stub-bad")
    assert done.returncode == 1
    assert done.stderr.startswith("Deepgram refused the key.")
    assert len(done.stderr.splitlines()) == 1
    missing = added("backends", "test", "mine", MY_KEY="")
    assert "The environment variable MY_KEY with the key of “mine” is not set." in missing.stderr


# studio transcribe --backend


def test_one_recording(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    command = (
        "transcribe",
        str(noise(tmp_path / "a.wav")),
        "--output",
        "out",
        "--backend",
        "mine",
        "--speakers",
        "off",
    )
    done = added(*command)
    assert done.returncode == 0, done.stderr
    assert "The sound of your recordings goes to" in done.stderr, "before it is sent for the first time"
    assert done.stdout.strip()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.json", "a.srt", "a.txt", "a.vtt"]
    again = added(*command, "--overwrite")
    assert "goes to" not in again.stderr
    assert len(stub.requests("POST")) == 2, "--overwrite orders it anew"


def test_many_recordings_as_many_at_once_as_the_account_allows(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(6):
        noise(tmp_path / "in" / f"{n}.wav", n)
    stub.script("POST", "/v1/listen", times=None, delay_s=0.5)
    stub.script("POST", "/v1/listen", status=402)
    url = stub.url
    added("backends", "add", "mine", "--kind", "deepgram", "--url", url, "--key-env", "MY_KEY", "--at-once", "3")
    done = added("transcribe", "in", "--output", "out", "--backend", "mine", "--speakers", "off", "--format", "txt")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 6
    assert done.stdout == ""
    assert len(stub.requests("POST")) == 6


def test_what_fails_is_told_and_the_rest_is_done(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    files = [str(noise(tmp_path / f"{n}.wav", n)) for n in range(3)]
    stub.script("POST", "/v1/listen", status=400, body={"err_msg": "Bad sound."})
    done = added("transcribe", *files, "--output", "out", "--backend", "mine", "--speakers", "off", "--format", "txt")
    assert done.returncode == 1
    assert "Deepgram refused the request: “Bad sound.”." in done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--backend", "nobody"), "There is no account “nobody”. Choose one of: mine."),
        (("--backend", "mine", "--task", "translate"), "Deepgram does not translate."),
    ],
)
def test_wrong_wishes(added: Run, stub: Deepgram, arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = added("transcribe", str(noise(tmp_path / "a.wav")), "--output", "out", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not stub.requests()


def test_what_is_too_dear_is_not_sent_unless_the_script_says_yes(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    price = ("--price", "20", "--ask-above", "0.5")
    added("backends", "add", "mine", "--kind", "deepgram", "--url", stub.url, "--key-env", "MY_KEY", *price)
    command = (
        "transcribe",
        str(noise(tmp_path / "a.wav")),
        "--output",
        "out",
        "--backend",
        "mine",
        "--speakers",
        "off",
    )
    done = added(*command)
    assert done.returncode == 2
    assert "0.1 min, about 1.00; 0.00 were spent this month." in done.stderr
    assert "A recording costs about 1.00, more than 0.50. Add --yes to send it all the same." in done.stderr
    assert not stub.requests("POST")
    kept = library(tmp_path)
    assert kept.jobs.all() == [], "nor does a window find it in the queue and send it"
    kept.close()
    assert added(*command, "--yes").returncode == 0
    assert len(stub.requests("POST")) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
def test_where_it_goes_and_what_is_too_dear_is_asked_at_a_terminal(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    price = ("--price", "20", "--ask-above", "0.5")
    added("backends", "add", "mine", "--kind", "deepgram", "--url", stub.url, "--key-env", "MY_KEY", *price)
    there = "Send your recordings there? [y/N] "
    dear = "A recording costs about 1.00, more than 0.50. Send it? [y/N] "
    wish = ("--output", "out", "--backend", "mine", "--speakers", "off", "--format", "txt")
    command = ("transcribe", str(noise(tmp_path / "a.wav")), *wish)
    for answers in ([(there, "n")], [(there, "y"), (dear, "n")], [(dear, "")]):
        code, said = at_terminal(tmp_path, answers, *command)
        assert code != 0
        assert "Nothing was sent." in said
        assert not stub.requests("POST")
        kept = library(tmp_path)
        assert kept.jobs.all() == []
        kept.close()
    code, said = at_terminal(tmp_path, [(dear, "y")], *command)
    assert code == 0, said
    assert len(stub.requests("POST")) == 1
    assert (tmp_path / "out" / "a.txt").read_text("utf-8")


def at_terminal(folder: Path, answers: list[tuple[str, str]], *command: str) -> tuple[int, str]:
    """Run a command as somebody at a terminal does who answers its questions; exit code and all that was shown."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    environment = {**os.environ, "MY_KEY": KEY, "TERM": "xterm", "COLUMNS": "200"}
    line = [sys.executable, "-m", "studio", *command]
    shown, open_questions = b"", list(answers)
    with subprocess.Popen(line, env=environment, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            while piece := _read(ours):
                shown += piece
                if shown.endswith(b"[y/N] "):
                    question, answer = open_questions.pop(0)
                    assert shown.decode().endswith(question)
                    os.write(ours, f"{answer}\n".encode())
        except BaseException:
            process.kill()
            raise
        finally:
            os.close(ours)
    assert not open_questions, shown
    return process.returncode, shown.decode()


def _read(terminal: int) -> bytes:
    """b"" once nobody holds the other side any more."""
    try:
        return os.read(terminal, 4096)
    except OSError:  # so says Linux
        return b""


def test_what_may_have_arrived_is_sent_again_only_on_demand(added: Run, stub: Deepgram, tmp_path: Path) -> None:
    stub.script("POST", "/v1/listen", drop="before_response")
    command = (
        "transcribe",
        str(noise(tmp_path / "a.wav")),
        "--output",
        "out",
        "--backend",
        "mine",
        "--speakers",
        "off",
    )
    for _ in range(2):
        done = added(*command)
        assert done.returncode == 1
        assert "It may have been charged already, so it is not sent again unless you say so." in done.stderr
        assert "--send-again" in done.stderr
    assert len(stub.requests("POST")) == 1
    assert added(*command, "--send-again").returncode == 0
    assert len(stub.requests("POST")) == 2


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_stopped_and_given_again_it_goes_on_without_another_order(studio: Run, tmp_path: Path) -> None:
    with AssemblyAI(polls_until_done=None) as stub:
        added = studio("backends", "add", "a", "--kind", "assemblyai", "--url", stub.url, "--key-env", "MY_KEY")
        assert added.returncode == 0
        files = [str(noise(tmp_path / f"{n}.wav", n)) for n in range(3)]
        command = ("transcribe", *files, "--output", "out", "--backend", "a", "--speakers", "off")
        process = subprocess.Popen(
            [sys.executable, "-m", "studio", *command],
            env={**os.environ, "MY_KEY": KEY},
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        polls = stub.wait_for(2, "GET", "/v2/transcript/{id}", timeout=60)
        while len({seen.path for seen in polls}) < 2:  # who asks after an order has got its answer
            polls = stub.wait_for(len(polls) + 1, "GET", "/v2/transcript/{id}", timeout=60)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 1
        assert said.endswith("Stopped. What was written is kept; the same command goes on from there.\n")
        stub.configure(polls_until_done=0)
        assert studio(*command, MY_KEY=KEY).returncode == 0
        assert len(stub.requests("POST", "/v2/transcript")) == 3
        kept = library(tmp_path)
        assert {job.state for job in kept.jobs.all()} == {JobState.DONE}
        kept.close()


def test_keys_and_text_are_in_no_log_and_in_no_message(studio: Run, stub: Deepgram, tmp_path: Path) -> None:
    key = "sk-0123456789abcdef-very-secret"
    logging.getLogger("studio").setLevel(logging.INFO)
    stub.configure(valid_keys=[key])
    stub.script("POST", "/v1/listen", status=400, body={"err_msg": f"Do not use {key} here."})
    stub.script("POST", "/v1/listen", status=429, body={"err_msg": f"Not so fast, {key}."})
    studio("backends", "add", "mine", "--kind", "deepgram", "--url", stub.url, "--key-env", "MY_KEY", MY_KEY=key)
    said = ""
    for n in range(2):
        done = studio(
            *("transcribe", str(noise(tmp_path / f"{n}.wav", n)), "--output", "out", "--backend", "mine"),
            *("--speakers", "off"),
            MY_KEY=key,
        )
        said += done.stdout + done.stderr
    logging.getLogger("studio").setLevel(logging.NOTSET)
    assert done.returncode == 0
    assert "Do not use *** here." in said
    assert key not in said
    assert {seen.key for seen in stub.requests()} == {key_hash(key)}
    for file in (tmp_path / "home").rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file
    log = (tmp_path / "home" / "studio.log").read_text("utf-8")
    assert "POST /v1/listen: 200" in log
    text = done.stdout.strip()
    assert text
    assert text not in log
    assert not [word for word in text.split() if len(word) > 4 and word in log]


def test_voices_at_a_vendor(studio: Run) -> None:
    with Prosa(valid_keys=["for-voices"], speech_keys=["for-voices"]) as stub:
        add = ("backends", "add", "dinis", "--kind", "prosa-tts", "--url", stub.base_url, "--key-env", "MY_KEY")
        done = studio(*add, "--speech-price", "2.5", "--option", "audio_format=mp3", MY_KEY="for-voices")
        assert done.returncode == 0, done.stderr
        assert "The text that you have spoken in its voices goes to 127.0.0.1 (Prosa.ai voices)." in done.stderr
        assert "recordings" not in done.stderr
        tested = studio("backends", "test", "dinis", MY_KEY="for-voices")
        assert tested.returncode == 0, tested.stderr
        assert "No text was sent." in tested.stderr
        assert "@dinis/tts-dini  TTS Dini" in tested.stdout.splitlines()
        assert not stub.requests("POST")
        assert "Prosa.ai voices" in studio("backends", "list").stdout
        refused = studio("backends", "test", "dinis", MY_KEY="stub-bad")
        assert refused.returncode == 1
        assert "refused the key" in refused.stderr


def test_an_account_for_voices_writes_nothing_down(studio: Run, tmp_path: Path) -> None:
    studio("backends", "add", "v", "--kind", "prosa-tts", "--key-env", "MY_KEY", MY_KEY=KEY)
    done = studio("transcribe", str(noise(tmp_path / "a.wav")), "--output", "out", "--backend", "v", MY_KEY=KEY)
    assert done.returncode != 0
    assert "No back end called “prosa-tts” turns sound into text." in done.stderr


def test_characters_are_listed_with_what_they_cost(studio: Run, tmp_path: Path) -> None:
    studio("backends", "add", "v", "--kind", "prosa-tts", "--key-env", "MY_KEY", "--speech-price", "2", MY_KEY=KEY)
    library = Library(Home(tmp_path / "home"))
    order = library.orders.add(SPEECH, "f", "v", "prosa-tts", 1500, "Halo", 3.0)
    library.orders.mark(order.uid, "submitting", {}, ordered=True)
    library.close()
    listed = studio("backends", "list", COLUMNS="200").stdout
    assert "1,500 characters, 3.00" in listed
