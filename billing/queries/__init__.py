"""Reading billing: what is open, what was closed, and the papers made of it."""
