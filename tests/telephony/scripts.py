"""What sipp does as a caller: scenario files, put together from their parts, and the sound that it sends."""

import struct
from pathlib import Path
from string import Template

ALAW, EVENTS = 8, 101
TONE, STILL = bytes([0x2A, 0xAA]) * 80, b"\xd5" * 160
PRESS_EVERY, PRESS_LASTS = 35, 8
"""Packets of 20 ms."""

_FROM = "From: <sip:$caller@[local_ip]:[local_port]>;tag=[pid]c[call_number]"
_TO = "To: <sip:[service]@[remote_ip]:[remote_port]>"
_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
_SAME_WAY = "[last_Via:]"


def _request(
    method: str, cseq: str, *, via: str = _VIA, to: str = _TO + "[peer_tag_param]", is_last: bool = False
) -> str:
    """A request without a body. `is_last`: the call is over after it."""
    again = ' retrans="500"' if method == "BYE" else ""
    after = ' next="10"' if is_last else ""
    return f"""<send{again}{after}><![CDATA[

{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
{via}
{_FROM}
{to}
Call-ID: [call_id]
CSeq: {cseq} {method}
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0


]]></send>
"""


_INVITE = f"""<send retrans="500"><![CDATA[

INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
{_VIA}
{_FROM}
{_TO}
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
X-Trunk: $trunk
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv

]]></send>
<recv response="100" optional="true"/>
"""
_RINGING = '<recv response="180" optional="true"/>\n<recv response="183" optional="true"/>\n'
_REFUSALS = "".join(
    f'<recv response="{status}" optional="true" next="9"/>\n' for status in (404, 480, 486, 500, 503, 603)
)
_TAKEN = '<recv response="200" rrs="true"/>\n' + _request("ACK", "1")
# The ACK of a refusal belongs to the INVITE's transaction, so it goes the same way.
_END = (
    '<label id="9"/>\n'
    + _request("ACK", "1", via=_SAME_WAY)
    + '<label id="10"/>\n<timewait milliseconds="1"/>\n'
)
_TALK = '<pause milliseconds="$talk"/>\n'
_GOODBYE = _request("BYE", "2") + '<recv response="200" next="10"/>\n'
_THEIR_GOODBYE = """<recv request="BYE" timeout="$wait"/>
<send next="10"><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"""
_GIVE_UP = (
    '<recv response="180"/>\n'
    + _TALK
    + _request("CANCEL", "1", via=_SAME_WAY, to=_TO)
    + '<recv response="200"/>\n<recv response="487"/>\n'
    + _request("ACK", "1", via=_SAME_WAY)
)


_SPEECH = '<nop><action><exec play_pcap_audio="$sound"/></action></nop>\n'
_COURSES = {
    "talk": _TALK + _GOODBYE,
    "stay": _THEIR_GOODBYE,
    "speak": _SPEECH + _THEIR_GOODBYE,
    "hang_up_speaking": _SPEECH + '<pause milliseconds="$speech"/>\n' + _GOODBYE,
    "vanish": _TALK.replace("/>", ' next="10"/>'),
}


def caller_script(plays: str, **values: object) -> str:
    """The scenario of a caller; `values` fill what stands as $name. Error: KeyError for an unknown course.

    Whatever final answer comes is heard. "give_up" takes the call back once it rings.
    """
    given = {"trunk": "plain", "talk": 1000, "wait": 60_000, "speech": 10_000, **values}
    course = (
        _INVITE + _GIVE_UP
        if plays == "give_up"
        else (_INVITE + _RINGING + _REFUSALS + _TAKEN + _COURSES[plays] + _END)
    )
    frame = '<?xml version="1.0" encoding="us-ascii"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
    text = f'{frame}<scenario name="caller: {plays}">\n{course}</scenario>\n'
    return Template(text).substitute({name: str(value) for name, value in given.items()})


def speech(path: Path, *, seconds: float = 10.0, silence: float = 12.0) -> Path:
    """Write a sound that sipp can send: the key 1 again and again (a key that is pressed while nobody
    listens is lost) with a tone in between, then silence. As a telephone sends it: A-law, packets of 20 ms.
    """
    frames = range(round((seconds + silence) * 50))
    last_press = round(seconds * 50)
    with path.open("wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in frames:
            packet = _packed(number, is_silent=number >= last_press)
            moment = divmod(number * 20_000, 1_000_000)
            file.write(struct.pack("<IIII", *moment, len(packet), len(packet)) + packet)
    return path


def _packed(number: int, *, is_silent: bool) -> bytes:
    """Ethernet, IP, UDP and RTP around 20 ms; sipp puts in addresses and ports."""
    place = number % PRESS_EVERY
    if is_silent or place >= PRESS_LASTS:
        rtp = struct.pack(">BBHII", 0x80, ALAW, number, number * 160, 0x5EC0) + (STILL if is_silent else TONE)
    else:  # RFC 4733: one moment for the whole event, the last packets say that it is over
        is_over, first = place >= PRESS_LASTS - 3, number - place
        kind, end = EVENTS | (0x80 if place == 0 else 0), 0x80 if is_over else 0
        event = struct.pack(">BBH", 1, end | 10, min(place + 1, PRESS_LASTS - 2) * 160)
        rtp = struct.pack(">BBHII", 0x80, kind, number, first * 160, 0x5EC0) + event
    udp = struct.pack(">HHHH", 5000, 5000, len(rtp) + 8, 0) + rtp
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, len(udp) + 20, 0, 0, 64, 17, 0, 0x7F000001, 0x7F000001) + udp
    return bytes(12) + b"\x08\x00" + ip
