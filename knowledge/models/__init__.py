from knowledge.models.articles import Article, ArticleText, Revision
from knowledge.models.categories import Category, Visibility
from knowledge.models.feedback import Feedback
from knowledge.models.files import ArticleFile
from knowledge.models.searching import SearchClick, SearchTerm, SynonymSet, Word

__all__ = [
    "Article",
    "ArticleFile",
    "ArticleText",
    "Category",
    "Feedback",
    "Revision",
    "SearchClick",
    "SearchTerm",
    "SynonymSet",
    "Visibility",
    "Word",
]
