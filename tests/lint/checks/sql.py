"""Named statements list their columns, have a name of their own, and stay in shard and tenant."""

import re

from checks import migrations
from tree import Finding

NAME = 'sql'
FOLDER = 'storage/sql/'
NAME_LINE = re.compile(r'^-- name: (.*)$', re.MULTILINE)
NAME_FORM = re.compile(r'[A-Z][A-Za-z0-9]* :(one|many|exec|rows)')
STAR = re.compile(r'\b(SELECT|RETURNING|DISTINCT|ALL)\s+\*|\b\w+\.\*')
TOUCHED = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?(\w+)')


def statements(text):
    """(line, name line, body) of each statement."""
    names = list(NAME_LINE.finditer(text))
    for index, match in enumerate(names):
        end = names[index + 1].start() if index + 1 < len(names) else len(text)
        body = migrations.without_comments(text[match.end():end])
        yield text.count('\n', 0, match.start()) + 1, match.group(1), body


def _statement_messages(title, body, hot, seen):
    name = title.split(' ')[0]
    if not NAME_FORM.fullmatch(title):
        yield f'"{title}" is not of the form `Name :one|many|exec|rows`'
    if name in seen:
        yield f'{name} is also in {seen[name]}'
    if STAR.search(body):
        yield f'{name} takes all columns: list them'
    touched = hot.intersection(TOUCHED.findall(body))
    for column in ('shard', 'tenant_id'):
        if touched and not re.search(rf'\b{column}\b', body):
            yield f'{name} touches {", ".join(sorted(touched))} without {column} (INV-8)'


def check(tree):
    findings, seen, hot = [], {}, migrations.hot_tables(tree)
    for path in tree.paths('.sql', under=FOLDER):
        found = list(statements(tree.text(path)))
        if not found:
            findings.append(Finding(path, 1, 'no `-- name: Statement :kind`'))
        for line, title, body in found:
            for message in _statement_messages(title, body, hot, seen):
                findings.append(Finding(path, line, message))
            seen[title.split(' ')[0]] = path
    return findings
