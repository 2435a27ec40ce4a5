"""Who may do what: docs/permissions.md, read as a table and tried at every door."""
