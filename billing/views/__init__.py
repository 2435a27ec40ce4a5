"""The desk's pages of billing."""
