"""Rules about who may come in."""
