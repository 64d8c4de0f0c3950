"""Checks the rules of this code base that no compiler knows.

usage: lint.py [--root FOLDER] [CHECK...]

Without names all checks run. Prints one finding a line as path:line: [check] message.
Exit codes: 0 nothing found, 1 findings, 2 usage. Each check is a module in checks/ with a NAME
and a check(tree) that returns findings; selftest.py proves that each can fail.
"""

import argparse
import pathlib
import sys

from checks import (dev_script, files, functions, headers, layers, listed, migrations, sql,
                    sql_in_cpp)
from tree import Tree

CHECKS = {module.NAME: module.check
          for module in (dev_script, files, functions, headers, layers, listed, migrations,
                         sql, sql_in_cpp)}


def run(root, names):
    """Findings of the named checks as printable lines."""
    tree = Tree(root)
    lines = []
    for name in names:
        for finding in CHECKS[name](tree):
            lines.append(f'{finding.path}:{finding.line}: [{name}] {finding.message}')
    return lines


def main():
    parser = argparse.ArgumentParser(description='Checks the rules of this code base.')
    parser.add_argument('--root', type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument('checks', nargs='*', metavar='CHECK',
                        help=f'any of {", ".join(CHECKS)}; without any, all')
    arguments = parser.parse_args()
    unknown = [name for name in arguments.checks if name not in CHECKS]
    if unknown:
        parser.error(f'no check named {", ".join(unknown)}; there are {", ".join(CHECKS)}')
    lines = run(arguments.root, arguments.checks or list(CHECKS))
    for line in lines:
        print(line)
    print(f'lint: {len(lines)} findings in {arguments.root}', file=sys.stderr)
    return 1 if lines else 0


if __name__ == '__main__':
    sys.exit(main())
