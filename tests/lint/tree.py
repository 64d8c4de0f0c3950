"""The files under check, and what a finding is."""

import dataclasses
import os
import pathlib

# Made by builds, tools and runs; nothing anybody writes.
SKIPPED_FOLDERS = {'.git', '.run', '__pycache__', 'build'}
TEXT_SUFFIXES = {'.cc', '.cmake', '.h', '.json', '.md', '.proto', '.py', '.service', '.sh', '.sql',
                 '.toml', '.txt', '.yaml', '.yml'}
TEXT_NAMES = {'.clang-format', '.clang-tidy', '.gitignore', 'dev', 'run'}


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str


class Tree:
    """The text files of a source tree, by path relative to its root, read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self._texts = {}

    def paths(self, *suffixes, under=''):
        """Sorted paths with one of the suffixes (all text files if none) in a folder."""
        return [path for path in self._all() if path.startswith(under)
                and (not suffixes or path.endswith(suffixes))]

    def text(self, path):
        if path not in self._texts:
            data = (self.root / path).read_bytes()
            self._texts[path] = data.decode('utf-8', errors='replace')
        return self._texts[path]

    def has(self, path):
        return (self.root / path).is_file()

    def _all(self):
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            for name in names:
                path = pathlib.Path(folder, name)
                if path.suffix in TEXT_SUFFIXES or name in TEXT_NAMES:
                    found.append(path.relative_to(self.root).as_posix())
        return sorted(found)


def line_of(text, position):
    return text.count('\n', 0, position) + 1
