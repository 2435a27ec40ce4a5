"""The lifecycle as the documentation draws it is the one that the product follows."""

from tests.architecture.product import ROOT
from tickets.rules.lifecycle import diagram


def test_the_diagram_is_the_table() -> None:
    page = (ROOT / "docs" / "lifecycle.md").read_text()
    drawn = page.partition("```mermaid\n")[2].partition("```")[0]
    assert drawn == diagram(), "put the output of tickets.rules.lifecycle.diagram() into docs/lifecycle.md"
