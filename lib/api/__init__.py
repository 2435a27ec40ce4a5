"""Furniture of the API that knows no room: strict input, problem documents, pages, filters, schema."""
