"""The demo story on the phone: numbers, phones, and a day's calls; there is no PBX behind it.

Numbers are those that the German regulator keeps free for films and books. `after` and `at` are minutes.
"""

from dataclasses import dataclass

SYSTEM = "Demo-Telefonanlage"
AREA_CODE = "89"
PUBLIC = "+498999998100"
ON_CALL = ("Gold", "+491713920090")


@dataclass(frozen=True)
class Given:
    """A service number and the agreement that it was given to."""

    number: str
    customer: str
    reference: str


GIVEN = (
    Given("+498999998301", "Brandl Maschinenbau", "SV-1007"),
    Given("+498999998302", "Kanzlei Reiter & Partner", "SV-1015"),
    Given("+498999998303", "Isartal Logistik GmbH", "SV-1061"),
    Given("+498999998304", "Northgate Biotech GmbH", "SV-1040"),
    Given("+498999998305", "Praxis Dr. Hofmann", "SV-1019"),
    Given("+498999998306", "Tierklinik Ammersee", "SV-1063"),
    Given("+498999998307", "Stadtwerke Erding", "SV-1064"),
    Given("+498999998308", "Autohaus Lindner", "SV-1031"),
    Given("+498999998309", "Hotel Seeblick", "SV-1012"),
)
RESTING = "+498999998309"
"""Released the morning before: its agreement was about to end."""
FREE = ("+498999998310", "+498999998311")

AGENTS = {
    "agent1": ("on", ""),
    "agent2": ("on", ""),
    "agent3": ("paused", "Mittagspause"),
    "agent4": ("off", ""),
}
"""Whose phone there is, as they are now. While the calls came, the first two were at the phone."""


@dataclass(frozen=True)
class Asked:
    """A question of the telephone system, so many seconds after the call came in."""

    after: float
    event: str = "wait_tick"
    result: str = ""
    recording: str = ""


@dataclass(frozen=True)
class Call:
    """One call. `at`: hour and minute. `talks`: (from, until) in seconds, or nothing. `gives_up`: seconds.

    `asked`: what its telephone system asked besides. `about`: whose oldest open ticket it is about, if there
    was one; else `aside` says why it needs none. `asks`: the subject of the ticket that was filed, with the
    `note`. `is_alone`: the telephone system decided by itself.
    """

    at: tuple[int, int]
    to: str
    caller: str
    talks: tuple[int, int] = (0, 0)
    asked: tuple[Asked, ...] = ()
    gives_up: int = 0
    about: str = ""
    aside: str = ""
    asks: str = ""
    note: str = ""
    is_alone: bool = False
    is_out: bool = False


def ticks(*seconds: float) -> tuple[Asked, ...]:
    """A waiting call asks again at these seconds."""
    return tuple(Asked(each) for each in seconds)


CALLS = (
    Call(
        (9, 4),
        "+498999998301",
        "+498999998111",
        talks=(8, 370),
        asks="Zweiter Bildschirm in der Versandhalle bleibt dunkel",
        note="Herr Brandl am Apparat: seit dem Umräumen schwarz, Kabel sitzt. Er versucht ein anderes.",
    ),
    Call(
        (9, 31),
        "+498999998304",
        "+498999998211",
        talks=(6, 284),
        about="Northgate Biotech GmbH",
        aside="Termin am Montag bestätigt",
    ),
    Call(
        (10, 10),
        "+498999998303",
        "+491713920031",
        talks=(9, 790),
        about="Isartal Logistik GmbH",
        aside="Rückfrage zur Rechnung",
    ),
    Call(
        (10, 12),
        PUBLIC,
        "+498999998191",
        talks=(14, 552),
        aside="Fragen zum neuen Servicevertrag beantwortet",
    ),
    Call((10, 14), "+498999998302", "+498999998120"),
    Call((10, 15), PUBLIC, "+493023125417", asked=ticks(3, 45, 90), gives_up=130),
    Call(
        (10, 16),
        PUBLIC,
        "+498999998230",
        asked=(
            *ticks(3, 45, 90, 135),
            Asked(181),
            Asked(188, "voicemail_offer", result="1"),
            Asked(206, "voicemail_recorded", recording="vm-demo"),
        ),
    ),
    Call((11, 2), PUBLIC, "anonymous", talks=(7, 245)),
    Call(
        (11, 40),
        RESTING,
        "+498999998181",
        talks=(12, 330),
        aside="Will den Vertrag verlängern, an den Vertrieb gegeben",
    ),
    Call(
        (13, 20),
        "+498999998306",
        "+498999998151",
        talks=(0, 260),
        aside="Rückruf war schon erledigt",
        is_alone=True,
    ),
    Call(
        (15, 30),
        "+498999998171",
        PUBLIC,
        talks=(11, 205),
        about="Autohaus Lindner",
        aside="Liefertermin mitgeteilt",
        is_out=True,
    ),
)
