"""Pages of this room outside of the admin: setting up."""
