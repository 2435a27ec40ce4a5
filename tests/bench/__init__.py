"""`make bench`: what the queue costs, from a thousand to a million waiting tickets."""
