"""Commands of the tickets room and the demo story they load."""
