"""What is deployed: constructs model, stacks compose and grant."""
