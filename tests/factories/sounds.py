"""Recordings as telephone systems make them."""

import io
import struct
import wave
from array import array
from math import pi, sin


def wav(seconds: float = 2.0, *, rate: int = 8000, loudness: float = 0.5, tone: float = 440.0) -> bytes:
    """Linear 16-bit mono, as Asterisk writes it: a tone that grows louder."""
    frames = round(seconds * rate)
    samples = array(
        "h",
        (
            round(32767 * loudness * (at / max(frames, 1)) * sin(2 * pi * tone * at / rate))
            for at in range(frames)
        ),
    )
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return written.getvalue()


def coded(codec: int, sound: bytes, *, block: int = 1, bits: int = 8) -> bytes:
    """A WAVE file of another codec: 6 for A-law, 7 for mu-law, 49 for GSM."""
    told = struct.pack("<HHIIHH", codec, 1, 8000, 8000 * block, block, bits)
    parts = b"fmt " + struct.pack("<I", len(told)) + told + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts
