"""What `verify_runtime` is measured against."""
