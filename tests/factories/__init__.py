"""Objects for tests, made through the same actions as the product makes them."""
