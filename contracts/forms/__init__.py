"""What pages of this room ask, and how they say no."""
