"""Forms of the desk. Each checks what was typed and makes one call of an action."""
