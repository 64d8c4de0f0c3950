"""A header starts by saying what it is for, and has a guard named after its path."""

import re

from tree import Finding

NAME = 'headers'


def guard_of(path):
    return 'SELFSAME_' + re.sub(r'[^A-Za-z0-9]', '_', path).upper() + '_'


def check(tree):
    findings = []
    for path in tree.paths('.h'):
        text, guard = tree.text(path), guard_of(path)
        if not re.match(r'// \S', text):
            findings.append(Finding(path, 1, 'the first line does not say what the header is for'))
        opening = re.search(r'^#(\w+)[ \t]*(\S*)\n#(\w+)[ \t]*(\S*)$', text, re.MULTILINE)
        if not opening or opening.groups() != ('ifndef', guard, 'define', guard):
            findings.append(Finding(path, 1, f'the guard is not {guard}'))
        if not text.endswith(f'\n#endif  // {guard}\n'):
            findings.append(Finding(path, text.count('\n'), f'does not end in #endif  // {guard}'))
    return findings
