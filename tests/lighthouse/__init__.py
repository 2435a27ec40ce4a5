"""Lighthouse over the public pages of an installation as in production (`make lighthouse`)."""
