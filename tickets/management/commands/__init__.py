"""Management commands of the tickets room."""
