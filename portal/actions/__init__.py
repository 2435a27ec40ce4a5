"""What customers do in the portal beyond their tickets."""
