"""Includes go down only, and each third-party library stays behind its fence."""

import re

from tree import Finding, line_of

NAME = 'layers'

# Folder -> folders it may include besides itself. `storage` includes its `pg`; `server` alone
# means the files of the process: main, app, config.
STORAGE = ['storage', 'storage/pg']
MAY_INCLUDE = {
    'base': [],
    'proto': [],
    'cmake': [],
    'identity': ['base'],
    'server/observe': ['base'],
    'server/normalize': ['base'],
    'storage/pg': ['base'],
    'server/schema': ['base', 'identity', 'proto', 'server/normalize'],
    'storage': ['base', 'identity', 'storage/pg'],
    'server/ingest': ['base', 'identity', 'server/normalize', 'server/observe', 'server/schema',
                      *STORAGE],
    'server/registry': ['base', 'identity', 'server/normalize', 'server/observe', 'server/schema',
                        *STORAGE],
    'server/decisions': ['base', 'identity', 'server/ingest', 'server/normalize', 'server/observe',
                         'server/schema', *STORAGE],
    'server/quality': ['base', 'identity', 'server/ingest', 'server/normalize', 'server/observe',
                       'server/schema', *STORAGE],
    'server/workers': ['base', 'identity', 'server/observe', *STORAGE],
    'server/edge': ['base', 'identity', 'proto', 'server/decisions', 'server/ingest',
                    'server/normalize', 'server/observe', 'server/quality', 'server/registry',
                    'server/schema', *STORAGE],
}
EVERYTHING = ['server', 'cli']  # The top: they may include all.
EXEMPT = ['tests']

# Library -> (what its headers look like, where it may be included).
FENCES = {
    'libpqxx and libpq': (r'pqxx/|libpq-fe\.h', ['storage']),
    'spdlog': (r'spdlog/', ['server/observe']),
    'prometheus-cpp': (r'prometheus/', ['server/observe']),
    'libmicrohttpd': (r'microhttpd\.h', ['server/observe']),
    'gRPC': (r'grpc(pp)?/|.*\.grpc\.pb\.h', ['server/edge', 'server', 'cli']),
    'generated protobuf code': (r'.*\.pb\.h', ['server/schema', 'server/edge', 'server', 'cli']),
    'protobuf reflection': (
        r'google/protobuf/(descriptor\w*|dynamic_message|reflection\w*|util/\w+)\.h',
        ['server/schema', 'cli']),
    'libcurl': (r'curl/', ['server/workers']),
    'CLI11 and toml++': (r'CLI/|toml\+\+/|toml\.hpp', ['identity/ruleset', 'server', 'cli']),
    'ICU and libphonenumber': (r'unicode/|phonenumbers/',
                              ['base/domain', 'identity/canonicalize', 'server/normalize', 'cli']),
    'libsodium and libcrypto': (r'sodium\b|openssl/', ['base', 'storage', 'server', 'cli']),
}
CURL_FILES_MAX = 1

# identity is pure: values in, a plan out.
IMPURE_INCLUDE = re.compile(
    r'(thread|mutex|condition_variable|future|atomic|random|fstream|iostream|filesystem)$'
    r'|base/(mutex|seal|uuid)\.h$')
IMPURE_CALL = re.compile(r'\bNow\(\)|\b(system|steady)_clock\b|\bgetenv\b|\brand\(')

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def folder_of(path):
    """The layer a path belongs to; nothing for what is in no layer."""
    parts = path.split('/')
    for depth in (2, 1):
        folder = '/'.join(parts[:depth])
        if len(parts) > depth and (folder in MAY_INCLUDE or folder in EVERYTHING + EXEMPT):
            return folder
    return None


def target_of(included):
    """The layer of an included file of ours; generated protobuf headers belong to proto."""
    return 'proto' if included.endswith('.pb.h') else folder_of(included)


def _layer_finding(path, folder, line, included):
    target = target_of(included)
    if target is None:
        return Finding(path, line, f'"{included}" is in no layer: name it from the root')
    if target in (folder, 'base') or folder in EVERYTHING or target in MAY_INCLUDE[folder]:
        return None
    return Finding(path, line, f'{folder} may not include {target} ("{included}")')


def _inside(path, fence):
    """A fence is a folder with all below, except `server`: its own files only."""
    if fence == 'server':
        return path.startswith('server/') and path.count('/') == 1
    return path.startswith((fence + '/', fence + '.', fence + '_'))


def _fence_findings(path, line, included):
    for library, (pattern, fences) in FENCES.items():
        if re.match(pattern, included) and not any(_inside(path, fence) for fence in fences):
            yield Finding(path, line, f'{library} only in {", ".join(fences)} ("{included}")')


def _purity_findings(path, text):
    for match in INCLUDE.finditer(text):
        if IMPURE_INCLUDE.match(match.group(2)):
            yield Finding(path, line_of(text, match.start()),
                          f'identity is pure: no "{match.group(2)}"')
    for match in IMPURE_CALL.finditer(text):
        yield Finding(path, line_of(text, match.start()), f'identity is pure: no {match.group()}')


def _file_findings(tree, path):
    folder, text = folder_of(path), tree.text(path)
    if folder is None:
        return [Finding(path, 1, 'file is in no layer')]
    if folder in EXEMPT:
        return []
    findings = list(_purity_findings(path, text)) if folder == 'identity' else []
    for match in INCLUDE.finditer(text):
        line, included = line_of(text, match.start()), match.group(2)
        if match.group(1) == '"':
            findings.append(_layer_finding(path, folder, line, included))
        findings.extend(_fence_findings(path, line, included))
    return [finding for finding in findings if finding]


def check(tree):
    findings = []
    curl_files = []
    for path in tree.paths('.h', '.cc'):
        findings.extend(_file_findings(tree, path))
        if re.search(r'#\s*include\s*<curl/', tree.text(path)) and not path.startswith('tests/'):
            curl_files.append(path)
    for path in curl_files[CURL_FILES_MAX:]:
        findings.append(Finding(path, 1, f'libcurl in one file only ({curl_files[0]})'))
    return findings
