"""Addresses that must be known before any page is looked for."""

SET_UP_PATH = "/setup/"

LANGUAGE_CHOICE = "lang"
"""The parameter by which an address names a language; it holds for that one page."""
