"""What callers leave after the tone becomes a ticket with that very sound (scenarios 10 and 12)."""

import pytest

from calls.actions import chores
from calls.models import Voicemail
from tests.factories.phones import PUBLIC
from tests.telephony.house import House, until
from tickets.models import Attachment


def is_fetched() -> bool:
    """Whether the sound is here, after what beat has done every five seconds."""
    chores.work_off()
    return Voicemail.objects.get().state == Voicemail.State.STORED


def bytes_of(attachment: Attachment) -> bytes:
    """What is kept of a file."""
    with attachment.file.open() as file:
        return bytes(file.read())


@pytest.mark.parametrize("plays", ["speak", "hang_up_speaking"])
def test_10_and_12_a_message_becomes_a_ticket_with_the_identical_sound(house: House, plays: str) -> None:
    """Spoken to its end, and hung up while it is recorded."""
    house.rules(offer_after=1)
    house.agent(presence="paused")
    call = house.dial(PUBLIC, plays=plays)
    assert call.heard().status == 200
    assert call.ended() == ("ended", "voicemail")
    taken = [line for line in call.log if line.startswith(("wait_tick offer", "voicemail"))]
    end = ["voicemail_recorded hangup recorded"] if plays == "speak" else []
    offer = ["wait_tick offer_voicemail offer_due", "voicemail_offer record key_pressed"]
    assert taken == offer + end
    assert house.chores() == ["voicemail"]
    kept = house.pbx.recording(call.row.external_id).read_bytes()
    assert kept[:4] == b"RIFF"
    voicemail = Voicemail.objects.get()
    assert (voicemail.call, voicemail.recording) == (call.row, f"vm-{call.row.external_id}")
    until(is_fetched, what="the recording")
    voicemail.refresh_from_db()
    ticket = call.row.ticket
    assert ticket is not None
    assert voicemail.ticket == ticket
    files = [file for message in ticket.messages.all() for file in message.attachments.all()]
    assert [bytes_of(file) for file in files] == [kept]
    assert "Outcome voicemail" in call.explained()
    assert ticket.number in call.page()
    chores.work_off()
    assert call.row.ticket == ticket, "once"
