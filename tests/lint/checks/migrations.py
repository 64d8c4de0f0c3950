"""Migrations are numbered in their order, each once, and every sharded table keeps to its shard and tenant."""

import re

from tree import Finding, line_of

NAME = 'migrations'
FILE_NAME = re.compile(r'migrations/(\d{4})_[a-z0-9_]+\.sql')
TABLE = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*?)^\)', re.DOTALL | re.MULTILINE)
KEY = re.compile(r'(PRIMARY KEY|UNIQUE) \(([^)]*)\)')


def without_comments(text):
    return re.sub(r'--[^\n]*', lambda match: ' ' * len(match.group()), text)


def tables(tree):
    """(path, line, name, body) of each table that the migrations create."""
    for path in tree.paths('.sql', under='migrations/'):
        text = without_comments(tree.text(path))
        for match in TABLE.finditer(text):
            yield path, line_of(text, match.start()), match.group(1), match.group(2)


def is_hot(body):
    return re.search(r'^\s*shard\s', body, re.MULTILINE) is not None


def hot_tables(tree):
    return {name for _, _, name, body in tables(tree) if is_hot(body)}


def _number_findings(tree):
    seen = set()
    for path in tree.paths('.sql', under='migrations/'):
        match = FILE_NAME.fullmatch(path)
        if not match or match.group(1) in seen:
            yield Finding(path, 1, 'expected migrations/NNNN_topic.sql, each number once')
        else:
            seen.add(match.group(1))
        if not tree.text(path).startswith('-- '):
            yield Finding(path, 1, 'the first line does not say what the migration is for')


def _key_findings(path, line, name, body):
    keys = KEY.findall(body)
    if not any(kind == 'PRIMARY KEY' and columns.startswith('shard, tenant_id')
               for kind, columns in keys):
        yield Finding(path, line, f'{name}: the primary key does not lead with shard, tenant_id')
    for kind, columns in keys:
        if kind == 'UNIQUE' and 'shard' not in columns.split(', '):
            yield Finding(path, line, f'{name}: a unique key without shard')


def check(tree):
    findings = list(_number_findings(tree))
    everything = '\n'.join(tree.text(path) for path in tree.paths('.sql', under='migrations/'))
    for path, line, name, body in tables(tree):
        if not is_hot(body):
            continue
        findings.extend(_key_findings(path, line, name, body))
        if f'ALTER TABLE {name} ENABLE ROW LEVEL SECURITY' not in everything:
            findings.append(Finding(path, line, f'{name}: no row-level security (INV-8)'))
    return findings
