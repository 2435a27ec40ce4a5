"""One subject per module; knows no room."""
