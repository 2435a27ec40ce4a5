"""Whom a telephone system names, however it spells it: in Berlin (49 30) unless a line says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.phones import Caller, CallerKind, read_caller

BERLIN = "+4930555001"


def read(text: str, *, region: str = "DE", area_code: str = "30") -> Caller:
    return read_caller(text, region=region, area_code=area_code)


@pytest.mark.parametrize(
    "text",
    [
        # with the country's code
        "+4930555001",
        "+49 30 555001",
        "+49 (0)30 555001",
        "+49 (0) 30 / 55 50-01",
        "+49 (30) 555001",
        "+49 030 555001",
        "+49.30.555.001",
        "+49-30-555-001",
        "+49/30/555001",
        "  +4930555001  ",
        "+49\u00a030\u00a0555001",
        "+49 30 555\u2011001",
        "\u202a+49 30 555001\u202c",
        "\uff0b\uff14\uff19 30 555001",
        "+\u0664\u0669 \u0663\u0660 \u0665\u0665\u0665\u0660\u0660\u0661",
        "004930555001",
        "0049 30 555001",
        "0049 (0)30 555001",
        "0049-30-555001",
        "+004930555001",
        "4930555001",
        "49 30 555001",
        # within the country and the town
        "030555001",
        "030 555001",
        "030/555001",
        "030 - 555 001",
        "(030) 555001",
        "(0)30 555001",
        "(0 30) 55 50 01",
        "030.555.001",
        "555001",
        "555 001",
        "55-50-01",
        "555/001",
        # as SIP and links have it
        "sip:+4930555001@pbx.example.com",
        "SIP:+4930555001@PBX.EXAMPLE.COM",
        "sips:+4930555001@pbx.example.com:5061;transport=tls",
        "sip:+4930555001@192.0.2.7;user=phone",
        "sip:+4930555001;npdi;rn=+4930999@pbx.example.com;user=phone",
        "sip:+4930555001:secret@pbx.example.com",
        "sip:%2B4930555001@pbx.example.com",
        "sip:030555001@10.0.0.1:5060",
        "sip:555001@10.0.0.1",
        "sip:4930555001@10.0.0.1",
        "sip:004930555001@10.0.0.1?subject=hello",
        "sip:+4930555001",
        "<sip:+4930555001@pbx.example.com>;tag=as58f",
        '"Hofmann Bau" <sip:+4930555001@pbx.example.com>',
        '"Hofmann, \\"Bau\\" <110>" <sip:030555001@pbx.example.com;user=phone>;tag=1',
        "Hofmann Bau <sip:+49 (0)30 555001@pbx.example.com>",
        '"Hofmann Bau" <030555001>',
        '"+442079460018" <sip:+4930555001@pbx.example.com>',
        '"Unknown" <sip:+4930555001@pbx.example.com>',
        '"" <sip:+4930555001@pbx.example.com>',
        "+4930555001@pbx.example.com",
        "tel:+4930555001",
        "tel:+49-30-555001",
        "TEL:+49(0)30555001",
        "tel:030-555001;phone-context=example.com",
        "tel:555001;phone-context=+4930",
        "tel:+4930555001;ext=12",
        "callto://+4930555001",
    ],
)
def test_one_number_is_read_from_all_its_spellings(text: str) -> None:
    assert read(text) == Caller(CallerKind.NUMBER, BERLIN)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0171 3920091", "+491713920091"),
        ("+49 (0)171 / 392 00 91", "+491713920091"),
        ("089/99998141", "+498999998141"),
        ("030/555001-0", "+49305550010"),
        ("030 555001-42", "+493055500142"),
        ("0800 3301000", "+498003301000"),
        ("03301 5550", "+4933015550"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("442079460018", "+442079460018"),
        ("sip:442079460018@trunk", "+442079460018"),
        ("+43 (0)1 5551234", "+4315551234"),
        ("0043 1 5551234", "+4315551234"),
        ("+41 44 364 35 33", "+41443643533"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("0033142685300", "+33142685300"),
        ("+39 06 6982", "+39066982"),
        ("+39 (0)6 6982", "+39066982"),
        ("+1 (212) 555-0123", "+12125550123"),
        ("001 212 555 0123", "+12125550123"),
        ("tel:+1-212-555-0123", "+12125550123"),
        ("+90 212 555 00 00", "+902125550000"),
        ("+800 1234 5678", "+80012345678"),
        ("tel:5550123;phone-context=+1-212", "+12125550123"),
    ],
)
def test_mobile_and_foreign_numbers_are_read(text: str, e164: str) -> None:
    assert read(text) == Caller(CallerKind.NUMBER, e164)


@pytest.mark.parametrize(
    ("region", "area_code", "text", "e164"),
    [
        ("DE", "89", "555001", "+4989555001"),
        ("DE", "30", "431234", "+4930431234"),
        ("de", "30", "030 555001", BERLIN),
        ("AT", "1", "5551234", "+4315551234"),
        ("AT", "1", "01 5551234", "+4315551234"),
        ("AT", "1", "030 555001", "+4330555001"),
        ("CH", "44", "0041 44 364 35 33", "+41443643533"),
        ("US", "212", "555-0123", "+12125550123"),
        ("US", "212", "(646) 555-0123", "+16465550123"),
        ("US", "212", "16465550123", "+16465550123"),
        ("IT", "", "06 6982", "+39066982"),
        ("ES", "", "912 345 678", "+34912345678"),
        ("", "", "+49 30 555001", BERLIN),
    ],
)
def test_local_numbers_are_those_of_the_telephone_systems_town(
    region: str, area_code: str, text: str, e164: str
) -> None:
    assert read(text, region=region, area_code=area_code) == Caller(CallerKind.NUMBER, e164)


@pytest.mark.parametrize(
    ("region", "area_code", "text"),
    [("DE", "", "555001"), ("", "30", "555001"), ("", "", "030 555001"), ("XX", "30", "555001")],
)
def test_a_local_number_without_its_town_is_not_guessed(region: str, area_code: str, text: str) -> None:
    assert read(text, region=region, area_code=area_code) == Caller(CallerKind.UNREADABLE)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "anonymous"),
        ("   ", "anonymous"),
        ("anonymous", "anonymous"),
        ("Anonymous", "anonymous"),
        ("UNKNOWN", "anonymous"),
        ("restricted", "anonymous"),
        ("Unavailable", "anonymous"),
        ("withheld", "anonymous"),
        ("Unterdrückt", "anonymous"),
        ("sip:anonymous@anonymous.invalid", "anonymous"),
        ("sip:anonymous.invalid", "anonymous"),
        ("sip:restricted@pbx.example.com", "anonymous"),
        ("sip:@pbx.example.com", "anonymous"),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', "anonymous"),
        # who asks for privacy has it, though a number came along
        ('"Anonymous" <sip:+4930555001@pbx.example.com>', "anonymous"),
        ("sip:+4930555001@anonymous.invalid", "anonymous"),
        ("+266696687", "anonymous"),
        ("42", "extension"),
        ("55500", "extension"),
        ("sip:42@pbx.example.com", "extension"),
        ('"Anna" <sip:agent@pbx.example.com>', "unreadable"),
        ('"Anna" <42>', "extension"),
        ("tel:7042;phone-context=example.com", "extension"),
        ("110", "emergency"),
        ("112", "emergency"),
        ("sip:112@pbx.example.com", "emergency"),
        ("1-1-0", "emergency"),
        ("+49 112", "emergency"),
        ("0049110", "emergency"),
        ("+110", "emergency"),
    ],
)
def test_what_is_no_customers_number_is_told_apart(text: str, kind: str) -> None:
    assert read(text) == Caller(CallerKind(kind))


@pytest.mark.parametrize(
    "text",
    [
        "+",
        "++4930555001",
        "+49+30555001",
        "49+30555001",
        "+49",
        "+1234",
        "+999 123456789",
        "+4930555001 or 1=1",
        "+4930555001'; DROP TABLE calls_call; --",
        "+4930555001\x00",
        "+4930555001\r\nX-Injected: 1@pbx",
        "$(reboot)",
        "`id`",
        "${CALLERID(num)}",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "<<sip:+4930555001@pbx>>",
        "sip:",
        "sip:10.0.0.1",
        "sip:10.0.0.1:5060",
        "sip:[::1]",
        "sip:pbx.example.com",
        "sip:%00%0a@pbx",
        "%2B4930555001%3Bls@pbx",
        "#31#030555001",
        "*970555001",
        "0800-VORRANG",
        "116117",
        "030 555 001 or 030 555 002",
        "²³¹555001",
        "9" * 30,
        "+49" + "0" * 100,
        "+4930555001" + " " * 500,
        "1" * 100_000,
    ],
)
def test_what_is_no_number_is_refused_and_not_mended(text: str) -> None:
    assert read(text).kind in {CallerKind.UNREADABLE, CallerKind.ANONYMOUS}
    assert read(text).e164 == ""


ALPHABET = "0123456789+ ()/-.;:@<>\"'%sipteléx\x00\u202a"


@given(
    text=st.text() | st.text(ALPHABET, max_size=40),
    region=st.sampled_from(["DE", "AT", "US", "IT", "HU", "RU", "", "XX"]),
    area_code=st.sampled_from(["", "30", "212"]),
)
def test_nothing_makes_it_fail_and_a_number_is_read_from_itself(
    text: str, region: str, area_code: str
) -> None:
    caller = read(text, region=region, area_code=area_code)
    assert bool(caller.e164) == (caller.kind == CallerKind.NUMBER)
    if caller.e164:
        assert read(caller.e164, region=region, area_code=area_code) == caller
