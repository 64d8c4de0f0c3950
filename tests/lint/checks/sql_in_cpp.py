"""SQL lives in storage/sql, where it is named, prepared and checked; not in C++ strings."""

import re

import cpp
from tree import Finding

NAME = 'sql_in_cpp'
# Migrations and clusters are made before any named statement can be prepared.
EXEMPT = ('storage/migrations.cc', 'storage/pg/cluster.cc', 'storage/cluster.cc', 'tests/')
STATEMENT = re.compile(
    r'\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b'
    r'|^\s*(?i:select\s.+\sfrom|insert\s+into|update\s.+\sset|delete\s+from)\s', re.DOTALL)


def check(tree):
    return [Finding(path, line, 'SQL in a C++ string: name it in storage/sql')
            for path in tree.paths('.h', '.cc') if not path.startswith(EXEMPT)
            for line, content in cpp.string_literals(tree.text(path))
            if STATEMENT.search(content)]
