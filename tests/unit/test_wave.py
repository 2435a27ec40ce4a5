"""Reading recordings: what telephone systems write is understood, everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import wave
from tests.factories.sounds import coded, wav


def test_a_recording_says_how_long_and_how_loud_it_is() -> None:
    read = wave.read(wav(12.5))
    assert read.seconds == pytest.approx(12.5)
    assert len(read.peaks) == wave.PEAKS
    assert read.peaks[-1] == 100
    assert list(read.peaks) == sorted(read.peaks)  # the tone grows louder


@pytest.mark.parametrize(
    ("sound", "seconds", "peaks"),
    [
        (coded(6, b"\xd5" * 16000), 2.0, {0}),  # silence in A-law
        (coded(7, b"\xff" * 16000), 2.0, {0}),  # silence in mu-law
        (coded(7, b"\xff" * 8000 + b"\x80" * 8000), 2.0, {0, 100}),
        (coded(6, b"\xd5" * 8000 + b"\xaa" * 8000), 2.0, {0, 100}),
        (coded(1, b"\x80" * 8000), 1.0, {0}),
        (coded(49, bytes(65 * 25), block=65, bits=0), 1.0, set()),
        (wav(0.0), 0.0, set()),
        (wav(1.0, loudness=0.0), 1.0, {0}),
    ],
)
def test_the_codecs_of_telephones_are_known(sound: bytes, seconds: float, peaks: set[int]) -> None:
    read = wave.read(sound)
    assert (read.seconds, set(read.peaks)) == (seconds, peaks)


def test_a_recorder_that_was_cut_off_leaves_what_it_wrote() -> None:
    whole = wav(4.0)
    assert wave.read(whole[: 44 + 16000]).seconds == 1.0
    unfinished = whole[:40] + bytes(4) + whole[44:]
    assert wave.read(unfinished).seconds == 4.0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<script>alert(1)</script>",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        wav(1.0)[:30],
        b"RIFX" + wav(1.0)[4:],
        coded(85, b"MP3" * 100),
        coded(1, b"\x00" * 100, block=9),
        coded(49, bytes(650), block=64, bits=0),
        wav(1.0).replace(b"fmt ", b"fmt!"),
        wav(1.0).replace(b"data", b"dato"),
    ],
)
def test_everything_else_is_refused(data: bytes) -> None:
    with pytest.raises(wave.NotASound):
        wave.read(data)


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_make_it_stumble(garbage: bytes, at: int) -> None:
    sound = wav(0.05)
    for data in (garbage, sound[:at] + garbage, sound[:at] + garbage + sound[at + len(garbage) :]):
        try:
            read = wave.read(data)
        except wave.NotASound:
            continue
        assert read.seconds >= 0
        assert all(0 <= peak <= 100 for peak in read.peaks)
