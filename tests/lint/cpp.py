"""Just enough of C++ to tell code from comments and strings, and functions from the rest."""

import dataclasses
import re

TOKEN = re.compile(
    r'//[^\n]*'                                        # line comment
    r'|/\*.*?\*/'                                      # block comment
    r'|(?:u8|[uUL])?R"(?P<tag>[^()\s\\]{0,16})\((?P<raw>.*?)\)(?P=tag)"'
    r'|(?:u8|[uUL])?"(?P<plain>(?:\\.|[^"\\\n])*)"'
    r"|(?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'",  # a character, not 1'000
    re.DOTALL)
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.MULTILINE)


def _blank(text):
    """The same shape without the content."""
    return re.sub(r'[^\n]', ' ', text)


def code_of(text):
    """The text with comments, strings and characters blanked; lines stay where they are."""
    def replace(match):
        token = match.group()
        return _blank(token) if token.startswith('/') else '"' + _blank(token)[2:] + '"'
    return TOKEN.sub(replace, text)


def string_literals(text):
    """(line, content) of each string; neighbours that the compiler joins are joined."""
    found = []
    end = None
    for match in TOKEN.finditer(text):
        content = match.group('raw') if match.group('raw') is not None else match.group('plain')
        if content is None:
            continue
        if end is not None and not text[end:match.start()].strip():
            found[-1] = (found[-1][0], found[-1][1] + content)
        else:
            found.append((text.count('\n', 0, match.start()) + 1, content))
        end = match.end()
    return found


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int


@dataclasses.dataclass
class _Scope:
    kind: str
    start: int
    name: str = ''


def _kind(head):
    """What a brace after this text opens, where declarations stand."""
    head = re.sub(r'^\s*(?:(?:public|private|protected)\s*:)?\s*', '', head)
    head = re.sub(r'^template\s*<[^{}]*?>\s*(?=class|struct|union)', '', head)
    if re.match(r'(inline\s+)?namespace\b|extern\s*""', head):
        return 'declarations'
    if re.match(r'(typedef\s+)?(class|struct|union)\b', head):
        return 'declarations'
    if re.search(r'\)\s*(noexcept\s*)?:(?!:)', head) and re.search(r'[\w>]\s*$', head):
        return 'initializer'
    if head.count('(') != head.count(')'):
        return 'argument'
    plain = _without_arguments(re.sub(r'operator\s*[^\s(]*', 'operator', head))
    return 'function' if '()' in plain and '=' not in plain else 'other'


def _without_arguments(head):
    """Every outermost pair of parentheses emptied."""
    while True:
        shorter = re.sub(r'\([^()]+\)', '()', re.sub(r'\([^()]*\(\)[^()]*\)', '()', head))
        if shorter == head:
            return head
        head = shorter


def _name(head):
    match = re.search(r'(operator\s*(?:\(\)|[^\s(]+)|[~\w:]+)\s*\(', head)
    if not match:
        return '?'
    if match.group(1) in ('TEST', 'TEST_F', 'TEST_P'):
        return re.sub(r'\s+', '', head[match.start():].strip())
    return match.group(1)


def functions(text):
    """Functions with a body, in order; what is nested in one counts as part of it."""
    code = DIRECTIVE.sub(lambda match: _blank(match.group()), code_of(text))
    found, scopes, head_start = [], [], 0
    for match in re.finditer(r'[{};]', code):
        at, mark = match.start(), match.group()
        declaring = not scopes or scopes[-1].kind == 'declarations'
        if mark == '{':
            head = code[head_start:at]
            scope = _Scope('other', at)
            if declaring:
                start = head_start + len(head) - len(head.lstrip())
                scope = _Scope(_kind(head), start, _name(head))
            scopes.append(scope)
        elif mark == '}' and scopes:
            scope = scopes.pop()
            if scope.kind == 'function':
                first = code.count('\n', 0, scope.start) + 1
                found.append(Function(scope.name, first, code.count('\n', 0, at) + 2 - first))
            if scope.kind in ('initializer', 'argument'):
                continue  # The declaration goes on.
        if not scopes or scopes[-1].kind == 'declarations':
            head_start = match.end()
    return found
