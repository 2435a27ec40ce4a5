"""Reading WAVE recordings as telephone systems make them: how long they are and how loud, part by part.

The standard library reads linear PCM only; telephony also writes A-law, mu-law and GSM, which browsers and
phones play. Nothing is decoded but for its loudness, and whatever is not such a file is refused.
"""

import struct
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

PEAKS = 120
_PCM, _A_LAW, _MU_LAW, _GSM = 1, 6, 7, 49
_EXTENSIBLE = 0xFFFE
_FORMAT = struct.Struct("<HHIIHH")
_LOWEST_RATE, _HIGHEST_RATE = 4_000, 192_000
_MOST_CHANNELS = 8
_GSM_BLOCK, _GSM_SAMPLES = 65, 320
_SILENT = 0.004
"""Of full scale; below is the noise of a line."""


class NotASound(ValueError):
    """The bytes are no WAVE file, or one with sound that telephone systems do not make."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording. `peaks`: the loudest of each part, from 0 to 100 (the loudest of all); none for GSM."""

    seconds: float
    peaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Format:
    codec: int
    channels: int
    rate: int
    bytes_per_second: int
    block: int
    bits: int


def read(data: bytes) -> Sound:
    """Judge a recording by its content. Error: NotASound.

    A length that the header promises beyond the end (a recorder that was cut off) is taken for the rest.
    """
    if data[:4] not in {b"RIFF", b"RIFX"} or data[8:12] != b"WAVE":
        raise NotASound("no WAVE file")
    if data[:4] == b"RIFX":
        raise NotASound("an order of bytes that no telephone system writes")
    kept: _Format | None = None
    for name, start, end in _chunks(data):
        if name == b"fmt ":
            kept = _format(data[start:end])
        elif name == b"data":
            if kept is None:
                raise NotASound("sound without a format")
            return _measured(kept, data[start:end])
    raise NotASound("no sound in it")


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, start, end) of the parts; each begins at an even place."""
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"data" and size == 0 and at + 8 < len(data):
            size = len(data)  # written before the length was known, and never completed
        end = min(at + 8 + size, len(data))
        yield name, at + 8, end
        at = end + (size & 1)


def _format(told: bytes) -> _Format:
    if len(told) < _FORMAT.size:
        raise NotASound("a format that is cut off")
    codec, channels, rate, per_second, block, bits = _FORMAT.unpack_from(told)
    if codec == _EXTENSIBLE and len(told) >= 26:  # noqa: PLR2004 (the codec's place in a long format)
        codec = int.from_bytes(told[24:26], "little")
    found = _Format(codec, channels, rate, per_second, block, bits)
    if not _is_sound(found):
        raise NotASound(f"codec {codec}, {channels} channels, {rate} Hz, {bits} bits")
    return found


def _is_sound(found: _Format) -> bool:
    if not (1 <= found.channels <= _MOST_CHANNELS and _LOWEST_RATE <= found.rate <= _HIGHEST_RATE):
        return False
    if found.codec == _GSM:
        return found.channels == 1 and found.block == _GSM_BLOCK
    widths = {_PCM: (8, 16, 24, 32), _A_LAW: (8,), _MU_LAW: (8,)}.get(found.codec, ())
    return found.bits in widths and found.block == found.channels * found.bits // 8


def _measured(found: _Format, sound: bytes) -> Sound:
    frames = len(sound) // found.block
    if found.codec == _GSM:
        return Sound(frames * _GSM_SAMPLES / found.rate)
    samples, full = _samples(found, sound[: frames * found.block])
    return Sound(frames / found.rate, _peaks(samples, full, found.codec))


def _samples(found: _Format, sound: bytes) -> tuple[Sequence[int], int]:
    """Numbers whose distance from zero is the loudness, and the highest there is.

    Of wider samples the two highest bytes; of one byte each, what it stands for is looked up at the end.
    """
    if found.bits == 8:  # noqa: PLR2004 (bits)
        return sound, 0
    width = found.bits // 8
    wide = bytearray(len(sound) // width * 2)
    wide[0::2], wide[1::2] = sound[width - 2 :: width], sound[width - 1 :: width]
    samples = array("h", bytes(wide))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples, 32768


def _peaks(samples: Sequence[int], full: int, codec: int) -> tuple[int, ...]:
    if not samples:
        return ()
    step = ceil(len(samples) / PEAKS)
    parts = [samples[start : start + step] for start in range(0, len(samples), step)]
    if full:
        highest = [(max(part), -min(part)) for part in parts]
        loud = [max(pair) / full for pair in highest]
    else:
        loudness = _LOUDNESS[codec]
        table = [loudness(byte) for byte in range(256)]
        loud = [max(table[byte] for byte in set(part)) for part in parts]
    loudest = max(loud)
    return tuple(round(100 * one / loudest) if loudest > _SILENT else 0 for one in loud)


def _of_byte(byte: int) -> float:
    return abs(byte - 128) / 128


def _of_mu_law(byte: int) -> float:
    turned = ~byte & 0xFF
    return ((((turned & 0x0F) << 3) + 0x84 << (turned >> 4 & 7)) - 0x84) / 32768


def _of_a_law(byte: int) -> float:
    turned = byte ^ 0x55
    segment, step = turned >> 4 & 7, turned & 0x0F
    level = (step << 4) + 8 if segment == 0 else (step << 4) + 0x108 << segment - 1
    return level / 32768


_LOUDNESS: dict[int, Callable[[int], float]] = {_PCM: _of_byte, _A_LAW: _of_a_law, _MU_LAW: _of_mu_law}
