"""Wiring only: settings, addresses, processes. No domain code; imported by no room."""
