"""The parts that stacks are made of."""
