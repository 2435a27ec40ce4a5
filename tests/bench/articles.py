"""Fifty thousand articles, and how long a reader waits for one or for a search."""

import io
import itertools
import random
import time
from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import User
from knowledge.access import ANYBODY, Reader
from knowledge.models import ArticleText, Word
from knowledge.queries.search import search
from knowledge.rules.addresses import article_path
from knowledge.rules.searching import words_to_learn
from knowledge.rules.visibility import Reach
from tests.bench.figures import Figures, Timing, interleaved, summary
from tests.factories.articles import make_category

ARTICLES = 50_000
SEARCHES = 400
PAGES = 200
WORDS_IN_A_BODY = 120
_BEGINNINGS = """
drucker netz mail server konto kennwort bildschirm update fern daten sicher zugriff ordner kalender rechnung
vertrag telefon funk speicher software treiber browser lizenz anhang archiv adress bild nutzer rechte gruppen
system start fehler meldung verbindung abgleich import export druck scan
"""
_ENDINGS = """
einrichtung verwaltung fehler treiber verlust zugang sperre wechsel prüfung sicherung anzeige liste freigabe
störung ausfall adresse laufwerk vorlage warnung auftrag pfad version regel größe dienst anmeldung einstellung
übersicht rückgabe schnittstelle
"""
_MAKE_FINDABLE = """
UPDATE knowledge_articletext SET heading = h, search = h || setweight(to_tsvector('german', plain), 'D')
FROM (SELECT id AS pk, setweight(to_tsvector('german', title), 'A')
|| setweight(to_tsvector('german', summary), 'B') AS h FROM knowledge_articletext) AS made WHERE pk = id
"""


class Library:
    """Articles of words that are as unevenly common as those of a language."""

    def __init__(self, seed: int = 20261122) -> None:
        self._random = random.Random(seed)
        beginnings = _BEGINNINGS.split()
        compounds = [first + last for first, last in itertools.product(beginnings, _ENDINGS.split())]
        numbered = [
            f"{word}{letters}" for word in compounds for letters in ("", "en", "plan", "modul", "amt", "zeit")
        ]
        self._random.shuffle(numbered)
        self.words = [*beginnings, *numbered]
        self._weights = list(itertools.accumulate(1 / (place + 3) for place in range(len(self.words))))

    def fill(self, count: int) -> None:
        """Put published articles on one shelf; a tenth of them only for contracts, a tenth internal."""
        shelf = make_category("Bench")
        reaches = self._random.choices((1, 3, 4), (8, 1, 1), k=count)
        now = timezone.now().isoformat()
        rows = [(pk, self.text(4), self.text(12), self.text(WORDS_IN_A_BODY)) for pk in range(1, count + 1)]
        with transaction.atomic(), connection.cursor() as cursor:
            _copy(
                cursor,
                "knowledge_article (id, category_id, visibility, reach, created_at, source, is_live)",
                (f"{pk}\t{shelf.pk}\t{one}\t{one}\t{now}\t\tt" for pk, one in enumerate(reaches, start=1)),
            )
            _copy(
                cursor,
                "knowledge_articletext (id, article_id, language, state, live_id, title, slug, summary, html,"
                " plain, published_at, changed_at)",
                (
                    f"{pk}\t{pk}\tde\tpublished\t{pk}\t{title}\tarticle\t{summed}\t<p>{body}</p>\t{body}\t{now}\t{now}"
                    for pk, title, summed, body in rows
                ),
            )
            _copy(
                cursor,
                "knowledge_revision (id, text_id, number, title, summary, body, note, author_name, at)",
                (f"{pk}\t{pk}\t1\t{title}\t{summed}\t{body}\t\t\t{now}" for pk, title, summed, body in rows),
            )
        self._make_findable(rows)

    def text(self, words: int) -> str:
        """So many words, common ones more often."""
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=words))

    def searches(self, count: int) -> Iterator[str]:
        """What people type: one or two words, a beginning, a typing error, a whole subject, nonsense."""
        for number in range(count):
            words = self.text(2).split()
            yield (
                words[0],
                " ".join(words),
                words[0][:5],
                _mistyped(words[0], self._random),
                f"Seit gestern {self.text(4)} nicht mehr",
                "xylophonkonzertkarten",
            )[number % 6]

    def _make_findable(self, rows: Sequence[tuple[int, str, str, str]]) -> None:
        vocabulary = words_to_learn(*self.words)
        Word.objects.bulk_create([Word(word=word) for word in vocabulary], ignore_conflicts=True)
        with connection.cursor() as cursor:
            cursor.execute(_MAKE_FINDABLE)
            cursor.execute("VACUUM (ANALYZE) knowledge_article, knowledge_articletext, knowledge_word")


def measure(figures: Figures) -> None:
    """Fill the shelves and time searches of three readers."""
    library = Library()
    library.fill(ARTICLES)
    figures.add_timing(f"article search among {ARTICLES:,}", _time_searches(library), p95_at_most=50)
    _measure_page(figures)


def _measure_page(figures: Figures) -> None:
    """A stranger's article beside the empty signed-in page, and beside the bare frame of public pages.

    That frame asks the database nothing at all; nobody meets it, so it has no limit.
    """
    text = ArticleText.objects.filter(article__reach=int(Reach.PUBLIC)).order_by("-pk")[0]
    address = article_path(text.article_id, text.language, text.slug)
    stranger, agent = Client(headers={"Accept-Language": "de"}), Client()
    agent.force_login(User.objects.get(username="agent1"))
    with override_settings(ROOT_URLCONF="tests.bench.urls"):
        article, empty, frame = interleaved(
            PAGES,
            lambda: _get(stranger, address, "public"),
            lambda: _get(agent, "/desk/empty/", "private"),
            lambda: _get(stranger, "/bench/empty/", "public"),
        )
    figures.add_timing("public article", article)
    what = f"public article / empty signed-in page ({empty.p50:.1f} ms)"
    figures.add(what, article.p50 / empty.p50, "x", at_most=2)
    figures.add(f"public article / bare frame ({frame.p50:.1f} ms)", article.p50 / frame.p50, "x")


def _get(client: Client, address: str, kept: str) -> None:
    response = client.get(address)
    if response.status_code != 200 or not response.headers["Cache-Control"].startswith(kept):
        raise RuntimeError(f"{address} answered {response.status_code}")


def _time_searches(library: Library) -> Timing:
    readers = itertools.cycle((ANYBODY, Reader(Reach.CONTRACT, user_id=1), Reader(Reach.INTERNAL, user_id=2)))
    typed = list(library.searches(SEARCHES))
    for text in typed[:24]:
        search(ANYBODY, text, "de")
    times = []
    for text in typed:
        began = time.perf_counter()
        search(next(readers), text, "de")
        times.append((time.perf_counter() - began) * 1000)
    return summary(times)


def an_article_path() -> str:
    """Where a public article is read."""
    text = ArticleText.objects.within(Reach.PUBLIC).first()
    assert text is not None
    return f"/portal/kb/{text.language}/{text.article_id}-{text.slug}/"


def _mistyped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, max(2, len(word) - 1))
    return word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]


def _copy(cursor: object, table: str, lines: Iterator[str]) -> None:
    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("".join(f"{line}\n" for line in lines)))  # type: ignore[attr-defined]
