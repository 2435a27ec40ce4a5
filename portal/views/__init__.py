"""Pages of the front door and of the customer's portal."""
