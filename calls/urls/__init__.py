"""Addresses of the room: the telephone systems' and the desk's."""
