"""Import a folder of Markdown and HTML files as articles."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.actions.importing import Line, Options, import_folder
from knowledge.gateways.folders import NotAFolder
from knowledge.models import Category
from knowledge.rules.front_matter import VISIBILITIES
from knowledge.rules.importing import LANGUAGES

WHY = {
    "category": "the category it names does not exist",
    "empty": "it is empty",
    "encoding": "it is not UTF-8 text",
    "language": "its language is neither de nor en",
    "large": "it is too large",
    "link": "symbolic links are not followed",
    "many": "the folder holds more files than are looked at",
    "no_category": "it names no category (--category)",
    "path": "its path is too long",
    "special": "it is no file",
    "tangled": "its HTML has too many or too deep tags",
    "title": "its title is missing or longer than 150 letters",
    "twice": "another file is the same article in the same language",
    "unreadable": "it cannot be read",
    "wider": "its article is visible to more people than the file allows",
    "visibility": f"its visibility is none of {', '.join(VISIBILITIES)}",
}
NOTES = {
    "archived": "not published, the article is archived",
    "large": "not taken over, too large",
    "nowhere": "link leads nowhere",
    "outside": "link leads out of the folder",
    "summary_cut": "the summary is cut to 300 letters",
    "unknown_key": "unknown key",
    "unreadable": "not taken over, unreadable",
}
WHAT = {
    "made": "new",
    "changed": "changed",
    "same": "as it was",
    "kept": "left alone: edited here since",
    "skipped": "skipped",
}


class Command(BaseCommand):
    help = "Imports a folder of Markdown and HTML files as articles: internal drafts unless told otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--language", choices=LANGUAGES, default="de", help="of files that do not say")
        parser.add_argument(
            "--category", default="", help="German or English name, for files that do not say"
        )
        parser.add_argument("--visibility", choices=list(VISIBILITIES), default="internal")
        parser.add_argument("--publish", action="store_true", help="show readers what was imported")
        parser.add_argument("--overwrite", action="store_true", help="also what was edited here since")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Options(
            category=_category(options["category"]),
            language=options["language"],
            visibility=VISIBILITIES[options["visibility"]],
            publish=options["publish"],
            overwrite=options["overwrite"],
        )
        try:
            lines = import_folder(
                folder=options["folder"], options=chosen, is_dry_run=options["dry_run"], by=None
            )
        except NotAFolder as error:
            raise CommandError(f"{options['folder']} is no folder.") from error
        for line in lines:
            self._tell(line)
        counts = Counter(line.what for line in lines)
        self.stdout.write("Nothing was stored (dry run):" if options["dry_run"] else "Done:", ending=" ")
        self.stdout.write(
            ", ".join(f"{counts[what]} {word}" for what, word in WHAT.items() if counts[what]) or "no files"
        )

    def _tell(self, line: Line) -> None:
        why = f": {WHY[line.why]}" if line.why else ""
        self.stdout.write(f"{WHAT[line.what]:<10} {_shown(line.path)}{why}")
        for reason, what in line.notes:
            self.stdout.write(f"           - {NOTES[reason]}{': ' + _shown(what) if what else ''}")


def _shown(text: str) -> str:
    """A name from outside on one line, without what could steer a terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)


def _category(name: str) -> Category | None:
    if not name:
        return None
    wanted = name.casefold()
    for one in Category.objects.all():
        if wanted in (one.name_de.casefold(), one.name_en.casefold()):
            return one
    raise CommandError(f"There is no category “{name}”.")
