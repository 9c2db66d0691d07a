"""What the flows need from the world, in our words."""
