"""Saying in a PDF's own metadata that it carries an invoice for machines (Factur-X, which is ZUGFeRD 2).

Typst attaches the file and keeps PDF/A-3; the few lines that Factur-X wants in the XMP metadata it cannot
write. They are put in here, and everything else, the tags for screen readers among it, stays as it was.
"""

from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject, StreamObject

FILE_NAME = "factur-x.xml"
PROFILE = "EN 16931"

_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_WORDS = (
    ("DocumentFileName", "The name of the embedded XML document"),
    ("DocumentType", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER"),
    ("Version", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "The conformance level of the embedded XML document"),
)
_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
    "<pdfaProperty:description>{about}</pdfaProperty:description><pdfaProperty:name>{name}</pdfaProperty:name>"
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
)
_SCHEMA = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + "".join(_PROPERTY.format(name=name, about=about) for name, about in _WORDS)
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_SAID = (
    f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}"><fx:DocumentType>INVOICE</fx:DocumentType>'
    f"<fx:DocumentFileName>{FILE_NAME}</fx:DocumentFileName><fx:Version>1.0</fx:Version>"
    f"<fx:ConformanceLevel>{PROFILE}</fx:ConformanceLevel></rdf:Description>"
)
_SCHEMAS_END = "</rdf:Bag></pdfaExtension:schemas>"
_END = "</rdf:RDF>"


class NotArchivable(Exception):
    """This PDF is no PDF/A: it cannot be a Factur-X invoice."""


def as_factur_x(pdf: bytes) -> bytes:
    """The PDF/A-3 that carries `FILE_NAME`, marked as Factur-X. Error: NotArchivable."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.pdf_header = "%PDF-1.7"
    root = writer.root_object
    stream = root["/Metadata"].get_object()
    if not isinstance(stream, StreamObject):
        raise NotArchivable
    told = stream.get_data().decode()
    if _SCHEMAS_END not in told:
        raise NotArchivable
    told = told.replace(_SCHEMAS_END, f"{_SCHEMA}{_SCHEMAS_END}", 1).replace(_END, f"{_SAID}{_END}", 1)
    metadata = DecodedStreamObject()
    metadata.set_data(told.encode())
    metadata.update(
        {NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")}
    )
    root[NameObject("/Metadata")] = writer._add_object(metadata)
    marked = BytesIO()
    writer.write(marked)
    return marked.getvalue()
