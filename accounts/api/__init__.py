"""Who calls the API, and what callers can learn about themselves."""
