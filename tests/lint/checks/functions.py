"""No function passes 70 lines. Old long ones are listed and may only shrink.

tests/lint/long_functions.txt has one `path function lines` a line; `#` starts a comment.
"""

import ast
import re

import cpp
from tree import Finding

NAME = 'functions'
LINES_MAX = 70
RATCHET = 'tests/lint/long_functions.txt'


def _python_functions(text):
    return [cpp.Function(node.name, node.lineno, node.end_lineno + 1 - node.lineno)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _shell_functions(text):
    return [cpp.Function(match.group(1), text.count('\n', 0, match.start()) + 1,
                         match.group().count('\n') + 1)
            for match in re.finditer(r'^(\w+)\(\) \{\n(?:.*\n)*?\}$', text, re.MULTILINE)]


def _functions(tree):
    for path in tree.paths('.h', '.cc'):
        yield from ((path, function) for function in cpp.functions(tree.text(path)))
    for path in tree.paths('.py'):
        yield from ((path, function) for function in _python_functions(tree.text(path)))
    for path in tree.paths('.sh', 'dev', '.ci/run'):
        yield from ((path, function) for function in _shell_functions(tree.text(path)))


def _ratchet(tree):
    if not tree.has(RATCHET):
        return {}
    entries = {}
    for line in tree.text(RATCHET).splitlines():
        words = line.split('#')[0].split()
        if words:
            entries[words[0], words[1]] = int(words[2])
    return entries


def check(tree):
    old = _ratchet(tree)
    findings = []
    for path, function in _functions(tree):
        allowed = old.get((path, function.name), LINES_MAX)
        if function.lines > allowed:
            findings.append(Finding(path, function.line, f'{function.name} has {function.lines} '
                                    f'lines; stop at {allowed}'))
        if function.lines > LINES_MAX and function.lines == allowed:
            old.pop((path, function.name))
    for (path, name), lines in old.items():
        findings.append(Finding(RATCHET, 1, f'{path} {name} no longer has {lines} lines: lower '
                                'the entry, or remove it at 70 or less'))
    return findings
