"""Addresses that must be known before any page is looked for."""

SET_UP_PATH = "/setup/"
