"""What billing does: collect charges, decide about them, close them into statements, hand those over."""
