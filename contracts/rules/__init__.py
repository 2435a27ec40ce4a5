"""Pure rules about agreements: standing and hours. No clock, no database, no settings."""
