"""Which numbers are dialled from the desk."""

import phonenumbers
from phonenumbers import PhoneNumberType

from lib.phones import CallerKind, read_caller

_WHY_NOT = {
    CallerKind.EXTENSION: "extension",
    CallerKind.EMERGENCY: "emergency",
    CallerKind.ANONYMOUS: "bad_number",
    CallerKind.UNREADABLE: "bad_number",
}


class NotDialled(ValueError):
    """`why`: a code of calls.rules.wording ("outgoing.…")."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def number_to_dial(text: str, *, region: str, area_code: str) -> str:
    """The number in E.164 form. Error: NotDialled for what is no number that somebody has, or costs extra.

    A wrong click must not cost money by the minute, and an emergency call belongs on the phone itself.
    """
    read = read_caller(text, region=region, area_code=area_code)
    if read.kind != CallerKind.NUMBER:
        raise NotDialled(_WHY_NOT[read.kind])
    number = phonenumbers.parse(read.e164)
    if not phonenumbers.is_valid_number(number):
        raise NotDialled("bad_number")
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise NotDialled("premium")
    return read.e164
