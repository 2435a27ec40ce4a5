"""Customers with their standing, service levels and agreements over the API."""
