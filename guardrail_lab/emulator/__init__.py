"""What runs in the emulator's own environment: ministack, and one small module for each thing it gets wrong."""
