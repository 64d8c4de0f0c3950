"""Every C++ source is listed in the CMakeLists.txt above it: a test nobody builds never fails."""

import posixpath

from tree import Finding

NAME = 'listed'
LIST = 'CMakeLists.txt'


def _nearest_list(tree, path):
    folder = posixpath.dirname(path)
    while folder and not tree.has(f'{folder}/{LIST}'):
        folder = posixpath.dirname(folder)
    return posixpath.join(folder, LIST)


def check(tree):
    findings = []
    for path in tree.paths('.cc'):
        listing = _nearest_list(tree, path)
        name = posixpath.relpath(path, posixpath.dirname(listing) or '.')
        words = tree.text(listing).replace(')', ' ').split() if tree.has(listing) else []
        if name not in words:
            findings.append(Finding(path, 1, f'{listing} does not list {name}'))
    return findings
