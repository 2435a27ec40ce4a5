"""The service policy in words: what the page and the PDF "Our service" say, in German and English.

One text for both. What changes from house to house (names, levels, hours, numbers) stands in braces or is
added by `service_policy`; a section without anything to say is left out there.
"""

from portal.rules.service_de import DE
from portal.rules.service_en import EN

WORDS = {"de": DE, "en": EN}
