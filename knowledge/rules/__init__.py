"""Rules of the articles, pure."""
