"""The sub-processor directory and the registers beside it, below the desk."""

from django.urls import path

from contracts.views import directory, processing_rights

app_name = "rights"

urlpatterns = [
    path("subprocessors/", directory.directory, name="directory"),
    path("subprocessors/draft/", directory.draft, name="draft"),
    path("subprocessors/draft/announce/", directory.announce, name="announce"),
    path("subprocessors/draft/discard/", directory.discard, name="discard"),
    path("subprocessors/draft/entries/new/", directory.entry, name="entry_new"),
    path("subprocessors/draft/entries/<int:pk>/", directory.entry, name="entry"),
    path("subprocessors/draft/entries/<int:pk>/remove/", directory.remove_entry, name="remove_entry"),
    path("subprocessors/objections/<int:pk>/", directory.objection, name="objection"),
    path("subprocessors/<int:version>/", directory.one_version, name="version"),
    path("subprocessors/<int:version>/drop/", directory.drop, name="drop"),
    path("subprocessors/<int:version>/proof.csv", directory.proof, name="proof"),
    path("dpa-rights/", processing_rights.registers, name="registers"),
    path("dpa-rights/breaches/new/", processing_rights.report, name="report"),
    path("dpa-rights/breaches/<int:pk>/", processing_rights.breach, name="breach"),
    path("dpa-rights/breaches/<int:pk>/proof.csv", processing_rights.breach_proof, name="breach_proof"),
    path("dpa-rights/<slug:kind>/new/", processing_rights.enter, name="enter"),
    path("dpa-rights/<slug:kind>/<int:pk>/", processing_rights.settle, name="settle"),
]
