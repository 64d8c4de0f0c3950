"""Pairs of schemas: how they are written down, and as folders of .proto files.

A file of pairs holds for each pair

    === name: what it is about
    --- was
    message Order { int64 id = 1; }
    --- is
    message Order { string id = 1; }

`Order` is the message that is compared. `--- was money.proto` adds a file, which is imported as
"name/money.proto". A file without `syntax` is proto3; each pair is a package of its own, by name.
"""

import dataclasses
import hashlib
import re

SIDES = ('was', 'is')
MAIN = 'order.proto'
SYNTAX = re.compile(r'^syntax = "\w+";\n', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Pair:
    name: str
    about: str
    files: dict  # (side, file) -> text

    @property
    def message(self):
        return f'{self.name}.Order'

    def digest(self):
        """Tells a pair from another of the same name."""
        text = '\n'.join(f'{side} {file}\n{text}' for (side, file), text in sorted(self.files.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def write(self, side, folder):
        home = folder / self.name
        home.mkdir(parents=True)
        for (of_side, file), text in self.files.items():
            if of_side == side:
                (home / file).write_text(self._whole(text), encoding='utf-8')

    def _whole(self, text):
        syntax = SYNTAX.search(text)
        opening = syntax.group() if syntax else 'syntax = "proto3";\n'
        return f'{opening}package {self.name};\n{SYNTAX.sub("", text)}'


def parse(text):
    pairs = []
    for chunk in re.split(r'^=== ', text, flags=re.MULTILINE)[1:]:
        heading, *sections = re.split(r'^--- ', chunk, flags=re.MULTILINE)
        name, about = heading.strip().split(': ', 1)
        files = {}
        for section in sections:
            where, body = section.split('\n', 1)
            side, _, file = where.partition(' ')
            files[side, file or MAIN] = body
        if set(side for side, _ in files) != set(SIDES):
            raise ValueError(f'pair {name} needs both sides')
        pairs.append(Pair(name, about, files))
    if len({pair.name for pair in pairs}) != len(pairs):
        raise ValueError('two pairs share a name')
    return pairs
