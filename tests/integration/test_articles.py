"""Articles: what is written, what readers see of it, and who they are."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from contracts.queries import company_zone
from contracts.rules.standing import day_start
from knowledge.access import get_text, reader_of, visible_files, visible_texts
from knowledge.actions import categories, publishing, writing
from knowledge.actions.categories import CannotShelve
from knowledge.actions.publishing import CannotPublish
from knowledge.actions.writing import Draft, NotAnEditor, WasChanged
from knowledge.models import ArticleFile, Category, Visibility
from knowledge.rules.visibility import Reach
from tests.factories.articles import make_article, make_category, make_draft, make_editor, translate
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_published_text_stays_as_it_is_while_a_newer_revision_is_written() -> None:
    text = make_article("Drucker einrichten", "Zuerst **einschalten**.")

    writing.write(article=text.article, language="de", draft=Draft("Neu", "Anders"), by=None)
    text.refresh_from_db()

    assert (text.title, text.slug, text.state) == ("Drucker einrichten", "drucker-einrichten", "draft")
    assert text.html == "<p>Zuerst <strong>einschalten</strong>.</p>\n"
    assert [revision.number for revision in text.revisions.all()] == [2, 1]

    publishing.publish(text=text, by=None)
    text.refresh_from_db()
    assert (text.title, text.plain) == ("Neu", "Anders")


def test_a_revision_that_came_in_between_is_not_written_over() -> None:
    text = make_draft("A")
    writing.write(article=text.article, language="de", draft=Draft("B", "b"), by=None, based_on=1)

    with pytest.raises(WasChanged) as refused:
        writing.write(article=text.article, language="de", draft=Draft("C", "c"), by=None, based_on=1)

    assert refused.value.latest.title == "B"
    assert text.revisions.count() == 2


def test_only_editors_write_and_publish(cast: Cast) -> None:
    text = make_draft("A")
    for stranger in (cast.agent, cast.owner.user):
        with pytest.raises(NotAnEditor):
            writing.write(article=text.article, language="de", draft=Draft("B", "b"), by=stranger)
        with pytest.raises(NotAnEditor):
            publishing.publish(text=text, by=stranger)

    assert publishing.publish(text=text, by=make_editor()).live is not None
    assert publishing.withdraw(text=text, by=cast.lead).live is None


def test_the_narrowest_of_article_and_categories_decides_at_once() -> None:
    shelf = make_category("Outer")
    inner = make_category("Inner", parent=shelf)
    text = make_article("A", category=inner)
    anybody = reader_of(AnonymousUser())
    assert get_text(anybody, text.article_id, "de").title == "A"

    shelf.visibility = Visibility.CONTRACT
    categories.save(category=shelf, by=None)

    text.article.refresh_from_db()
    inner.refresh_from_db()
    assert (inner.reach, text.article.reach) == (Reach.CONTRACT, Reach.CONTRACT)
    with pytest.raises(Http404):
        get_text(anybody, text.article_id, "de")
    # An article cannot be opened wider than what it stands in, and is wide again when that is.
    writing.place(article=text.article, category=inner, visibility=Visibility.PUBLIC, by=None)
    assert not visible_texts(anybody).exists()
    shelf.visibility = Visibility.PUBLIC
    categories.save(category=shelf, by=None)
    assert visible_texts(anybody).get() == text


def test_a_category_is_narrowed_by_what_it_stands_in_now_not_by_what_a_form_had_loaded() -> None:
    handbook = make_category("Handbuch")
    passwords = make_category("Kennwörter", parent=handbook)
    article = make_article(category=passwords).article
    meanwhile = Category.objects.get(pk=handbook.pk)
    meanwhile.visibility = Visibility.INTERNAL
    categories.save(category=meanwhile, by=None)

    passwords.name_en = "Secrets"
    categories.save(category=passwords, by=None)

    article.refresh_from_db()
    passwords.refresh_from_db()
    assert (passwords.reach, article.reach) == (Reach.INTERNAL, Reach.INTERNAL)


def test_placing_locks_the_category_before_the_article_as_narrowing_does() -> None:
    article = make_article().article
    with CaptureQueriesContext(connection) as placing:
        writing.place(article=article, category=article.category, visibility=1, by=None)

    locks = [query["sql"] for query in placing.captured_queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert ['"knowledge_category"' in sql for sql in locks] == [True, False]


def test_what_a_colleague_saved_meanwhile_is_not_published_unseen() -> None:
    text = make_draft("A")
    writing.write(article=text.article, language="de", draft=Draft("B", "b"), by=None)

    with pytest.raises(CannotPublish):
        publishing.publish(text=text, by=None, number=1)

    assert publishing.publish(text=text, by=None, number=2).title == "B"


def test_a_category_cannot_stand_in_itself_nor_be_thrown_away_with_what_is_on_it() -> None:
    outer = make_category("Outer")
    inner = make_category("Inner", parent=outer)
    outer.parent = inner

    with pytest.raises(CannotShelve, match="circle"):
        categories.save(category=outer, by=None)
    with pytest.raises(CannotShelve, match="not_empty"):
        categories.delete(category=outer, by=None)


def test_contract_articles_follow_the_standing_at_the_moment_of_asking(cast: Cast) -> None:
    text = make_article("Contract", visibility=Visibility.CONTRACT)
    customer = make_customer("Ends")
    user = make_user("ends", "contact")
    make_contact(customer, "Ends", user=user, email="ends@customer.example")
    last = date(2030, 6, 30)
    make_agreement(customer, cast.gold, ends_on=last)
    over = day_start(last + timedelta(days=1), company_zone())

    before, after = (reader_of(user, over + timedelta(seconds=seconds)) for seconds in (-1, 0))

    assert visible_texts(before).get() == text
    assert not visible_texts(after).exists()
    assert reader_of(cast.agent).reach == Reach.INTERNAL
    user.is_active = False
    assert reader_of(user).reach == Reach.PUBLIC


def test_archived_and_withdrawn_articles_are_for_nobody_to_read(cast: Cast) -> None:
    text = make_article("A")
    reader = reader_of(cast.lead)
    publishing.archive(article=text.article, by=cast.lead)
    assert not visible_texts(reader).exists()
    with pytest.raises(CannotPublish):
        publishing.publish(text=text, by=cast.lead)
    publishing.restore(article=text.article, by=cast.lead)
    assert visible_texts(reader).exists()


def test_a_file_is_readable_while_a_live_text_shows_it(cast: Cast) -> None:
    text = make_article("A")
    make = {"article": text.article, "size": 1, "added_at": text.changed_at}
    shown = ArticleFile.objects.create(key="shown", name="a.png", content_type="image/png", **make)
    ArticleFile.objects.create(key="unused", name="b.png", content_type="image/png", **make)
    anybody = reader_of(AnonymousUser())
    assert not visible_files(anybody).exists()

    draft = Draft("A", "![picture](attachment:shown)")
    writing.write(article=text.article, language="de", draft=draft, by=None)
    publishing.publish(text=text, by=None)

    assert list(visible_files(anybody)) == [shown]
    assert visible_files(reader_of(cast.lead)).count() == 2
    publishing.withdraw(text=text, by=None)
    assert not visible_files(anybody).exists()


def test_a_link_between_articles_gives_no_title_away() -> None:
    hidden = make_article("Secret name", visibility=Visibility.INTERNAL)
    text = make_article("A", f"See [there](article:{hidden.article_id}).")
    english = translate(text.article, "B")

    assert f'href="/portal/kb/{hidden.article_id}/"' in text.html
    assert english.slug == "b"


def test_an_article_is_live_while_one_of_its_texts_is() -> None:
    german = make_article("A")
    english = translate(german.article, "B")

    def is_live() -> bool:
        german.article.refresh_from_db()
        return german.article.is_live

    assert is_live()
    publishing.withdraw(text=german, by=None)
    assert is_live()
    publishing.withdraw(text=english, by=None)
    assert not is_live()
    assert not make_draft("C").article.is_live
    publishing.publish(text=german, by=None)
    assert is_live()
