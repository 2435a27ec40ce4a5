"""Recordings among the files of tickets: what a page needs to show a player."""

from collections.abc import Sequence

from tickets.models import Attachment, Message


def describe(*, message: Message, seconds: int, peaks: Sequence[int]) -> Attachment | None:
    """Note that the one file of a message can be listened to. None where it is held behind a gate.

    `peaks`: up to 120 whole numbers from 0 to 100, the loudest of each part. Inside the caller's transaction.
    """
    attachment = Attachment.objects.filter(message=message).first()
    if attachment is not None:
        attachment.sound = {"seconds": seconds, "peaks": list(peaks)}
        attachment.save(update_fields=["sound"])
    return attachment
