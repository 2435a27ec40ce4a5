"""Reads of the tickets room: places in the queue, lists for pages, past queues, verification."""
