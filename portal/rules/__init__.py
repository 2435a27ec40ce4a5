"""What the portal decides without looking anything up."""
