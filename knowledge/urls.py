"""The editors' pages, below the desk's."""

from django.urls import path

from knowledge.views import categories, lists, searches, steps, writing

app_name = "editors"

urlpatterns = [
    path("", lists.articles, name="articles"),
    path("inbox/", lists.inbox, name="inbox"),
    path("inbox/<int:pk>/", lists.handle, name="handle"),
    path("new/", writing.new, name="new"),
    path("preview/", writing.preview, name="preview"),
    path("searches/", searches.searches, name="searches"),
    path("searches/synonyms/<int:pk>/", searches.forget_synonyms, name="forget_synonyms"),
    path("find/", writing.find, name="find"),
    path("categories/", categories.categories, name="categories"),
    path("categories/new/", categories.new_category, name="new_category"),
    path("categories/<int:pk>/", categories.category, name="category"),
    path("categories/<int:pk>/delete/", categories.delete_category, name="delete_category"),
    path("<int:pk>/", writing.article, name="article_any"),
    path("<int:pk>/place/", steps.place, name="place"),
    path("<int:pk>/related/", steps.related, name="related"),
    path("<int:pk>/files/", writing.upload, name="upload"),
    path("<int:pk>/files/<str:key>/delete/", steps.remove_file, name="remove_file"),
    path("<int:pk>/<str:language>/", writing.text, name="article"),
    path("<int:pk>/<str:language>/revisions/", steps.revisions, name="revisions"),
    path("<int:pk>/<str:language>/revisions/<int:version>/", steps.revision, name="revision"),
    path("<int:pk>/<str:language>/<slug:slug>/", steps.step, name="step"),
]
