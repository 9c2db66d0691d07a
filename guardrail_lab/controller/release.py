"""What the emulated version has, and how it spells it."""

from dataclasses import dataclass

RELEASES = ("8.1", "8.2", "9.0", "10.1")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """Major and minor."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> "Release":
        """Read one of RELEASES.

        Raises:
            ValueError: It is none of them.
        """
        if text not in RELEASES:
            raise ValueError(f"expected one of {', '.join(RELEASES)}")
        major, minor = text.split(".")
        return cls(int(major), int(minor))

    def has(self, text: str) -> bool:
        """Say whether this release is that one or a later one."""
        major, minor = text.split(".")
        return self >= Release(int(major), int(minor))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"
