"""A voicemail for the demo story: nobody speaks in it, it rises and falls like somebody who does."""

import io
import math
import struct
import wave

RATE = 8_000
SECONDS = 14
_TONES = (196.0, 246.9, 220.0, 293.7, 261.6, 220.0, 174.6)


def voicemail() -> bytes:
    """A WAVE file of 14 seconds as a telephone system makes them: one channel, 8 kHz, 16 bits."""
    frames = b"".join(struct.pack("<h", _sample(number)) for number in range(RATE * SECONDS))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames)
    return made.getvalue()


def _sample(number: int) -> int:
    """Soft tones, two to a second, each swelling and fading, in sentences with a breath between them."""
    second = number / RATE
    tone = _TONES[int(second * 2) % len(_TONES)]
    syllable = math.sin(math.pi * (second * 2 % 1)) ** 2
    sentence = max(0.0, math.sin(math.pi * (second % 4.6) / 4.0)) if second % 4.6 < 4.0 else 0.0  # noqa: PLR2004
    wave_ = math.sin(math.tau * tone * second) + 0.3 * math.sin(math.tau * 2 * tone * second)
    return round(6_000 * wave_ * syllable * sentence)
