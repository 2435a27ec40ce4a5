"""Pure rules of billing: what a statement adds up to, and what has to be corrected."""
