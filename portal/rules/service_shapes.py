"""What the service policy is made of, for the page and the PDF alike."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Point:
    """A word in bold and what there is to say about it; `href` leads there."""

    term: str
    text: str = ""
    href: str = ""


@dataclass(frozen=True)
class Group:
    """One of the two groups of customers and what it gets."""

    key: str
    title: str
    lead: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, groups side by side, points (numbered where their order counts), an end."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    points: tuple[Point, ...] = ()
    is_numbered: bool = False
    closing: tuple[str, ...] = ()

    def with_points(self, *points: Point | None) -> "Section":
        """The section with further points; None is left out."""
        return replace(self, points=(*self.points, *(point for point in points if point)))


@dataclass(frozen=True)
class Words:
    """All that is said in one language. `labels` are the words of single facts."""

    title: str
    lead: str
    as_of: str
    sections: tuple[Section, ...]
    labels: dict[str, str]
