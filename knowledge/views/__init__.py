"""The pages of the articles."""
