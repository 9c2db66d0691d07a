"""Names that somebody else chose, fit for a line that people read."""


def shown(name: str) -> str:
    """Return a name in one line, without what steers a terminal, and not longer than 100 characters."""
    return "".join(each for each in name if each.isprintable())[:100]
