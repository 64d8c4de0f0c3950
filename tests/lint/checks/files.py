"""Text as it should be: short files, clean lines, nothing left to do, no open namespaces."""

import re

import cpp
from tree import Finding, line_of

NAME = 'files'
LINES_MAX = 600
CODE = ('.h', '.cc', '.py', '.sql', '.proto', '.sh', '.cmake', 'CMakeLists.txt', 'dev')
LEFTOVER = re.compile(r'\b(TO' r'DO|FIX' r'ME|X' r'XX)\b')
LINE_RULES = [
    (re.compile(r'[ \t]+$', re.MULTILINE), 'blanks at the end of the line'),
    (re.compile(r'\t'), 'a tab'),
    (re.compile(r'\r'), 'a carriage return'),
    (LEFTOVER, 'something left to do: do it, or file it'),
]
USING = re.compile(r'\busing\s+namespace\b')


def _text_findings(path, text):
    for pattern, message in LINE_RULES:
        for match in pattern.finditer(text):
            yield Finding(path, line_of(text, match.start()), message)
    if text and not text.endswith('\n'):
        yield Finding(path, line_of(text, len(text)), 'no line end at the end of the file')


def check(tree):
    findings = []
    for path in tree.paths():
        text = tree.text(path)
        findings.extend(_text_findings(path, text))
        if path.endswith(CODE) and text.count('\n') > LINES_MAX:
            findings.append(Finding(path, 1, f'{text.count(chr(10))} lines; stop at {LINES_MAX}'))
        if path.endswith(('.h', '.cc')):
            code = cpp.code_of(text)
            findings.extend(Finding(path, line_of(code, match.start()), 'using namespace')
                            for match in USING.finditer(code))
    return findings
