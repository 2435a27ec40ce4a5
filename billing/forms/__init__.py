"""What people type in billing."""
