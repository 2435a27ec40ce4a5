"""Pure rules about tickets: rank and lifecycle. No clock, no database, no settings."""
