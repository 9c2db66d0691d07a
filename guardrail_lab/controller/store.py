"""The state file: written whole and at once, so that a reader, or the next start, never sees half of it."""

import os
from pathlib import Path

import orjson

from guardrail_lab.controller.release import Release
from guardrail_lab.controller.seed import new_world
from guardrail_lab.controller.world import World
from guardrail_lab.process import LabError


class Store:
    """A world in a file, or in memory only.

    Args:
        path: None for memory only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self, release: str | None) -> World:
        """Return what the file holds, or a new world if there is no file.

        Args:
            release: Emulate this one from now on, an upgrade; None for the file's own, 9.0 for a new world.

        Raises:
            LabError: The file cannot be read or holds something else.
        """
        world = self._read() or new_world(release or "9.0")
        world.release = release or world.release
        return world

    def save(self, world: World) -> None:
        """Write the world to the file.

        Raises:
            LabError: It cannot be written.
        """
        if self._path is None:
            return
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with unfinished.open("wb") as file:
                file.write(orjson.dumps(world.document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
        except OSError as error:
            raise LabError(f"{self._path}: {error.strerror}, expected a file that can be written") from error

    def _read(self) -> World | None:
        try:
            if self._path is None or not self._path.exists():
                return None
            world = World(**orjson.loads(self._path.read_bytes()))
            Release.parse(world.release)
        except OSError as error:
            raise LabError(f"{self._path}: {error.strerror}, expected a readable file") from error
        except (ValueError, TypeError) as error:
            raise LabError(f"{self._path}: expected the state of a simulated controller") from error
        return world
