"""Reads of the portal, ready to render: places, lists, conversations, the customer's standing."""
