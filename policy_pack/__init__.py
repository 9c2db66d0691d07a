"""The firewall as data, and what turns it into values of the core: YAML, overlays, bindings, errors that point."""
