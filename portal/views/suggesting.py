"""Articles beside something that was typed, each opened one counted for the editors."""

from accounts.models import User
from knowledge.gateways.search_marks import mark_for
from lib.languages import page_language
from portal.queries.articles import Suggestion, matching_articles


def suggestions(user: User, subject: str) -> list[Suggestion]:
    """What may answer this subject, of what this person may read, in the language that is active."""
    language = page_language()
    mark = mark_for(text=subject, language=language, is_counted=False)
    return matching_articles(user, subject, language, mark)
