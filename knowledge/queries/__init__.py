"""Reads of the articles, ready to render."""
