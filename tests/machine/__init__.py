"""The queue's state machine: its ground and clock, papers, cases, and who has what in hands."""
