"""What can be said of customers without asking anybody."""
