"""What `buf breaking` says. https://buf.build, Apache License 2.0, from npm."""

import json
import os
import re
import shutil
import subprocess

VERSION = '1.75.0'
CATEGORY = 'WIRE_JSON'

# buf's rule -> ours. Rules about services and files are not asked for: a record has neither.
RULES = {
    'ENUM_SAME_JSON_FORMAT': 'ENUM_SAME_JSON_FORMAT',
    'ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED': 'ENUM_VALUE_DELETE_RESERVES_NAME',
    'ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED': 'ENUM_VALUE_DELETE_RESERVES_NUMBER',
    'ENUM_VALUE_SAME_NAME': 'ENUM_VALUE_SAME_NAME',
    'FIELD_NO_DELETE_UNLESS_NAME_RESERVED': 'FIELD_DELETE_RESERVES_NAME',
    'FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED': 'FIELD_DELETE_RESERVES_NUMBER',
    'FIELD_SAME_DEFAULT': 'FIELD_SAME_DEFAULT',
    'FIELD_SAME_JSON_NAME': 'FIELD_SAME_JSON_NAME',
    'FIELD_SAME_NAME': 'FIELD_SAME_NAME',
    'FIELD_SAME_ONEOF': 'FIELD_SAME_ONEOF',
    'FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY': 'FIELD_COMPATIBLE_CARDINALITY',
    'FIELD_WIRE_JSON_COMPATIBLE_TYPE': 'FIELD_COMPATIBLE_TYPE',
    'MESSAGE_SAME_JSON_FORMAT': 'MESSAGE_SAME_JSON_FORMAT',
    'MESSAGE_SAME_REQUIRED_FIELDS': 'MESSAGE_SAME_REQUIRED_FIELDS',
    'RESERVED_ENUM_NO_DELETE': 'ENUM_KEEPS_RESERVED',
    'RESERVED_MESSAGE_NO_DELETE': 'MESSAGE_KEEPS_RESERVED',
}
FIELD = re.compile(r'[Ff]ield "(\d+)"(?: with name "(\w+)")? on message "(\w+)"')
EXTENSION = re.compile(r'Extension "(\d+)"(?: with name "([\w.]+)")?')
RENAMED = re.compile(r'changed name from "([\w.]+)"')
WHOLE = re.compile(r'(?:[Mm]essage|[Ee]num) "([A-Za-z]\w*)"')


class Unavailable(Exception):
    """buf cannot be had here."""


def install(tools):
    """The path of buf, installed below `tools` once."""
    program = tools / f'buf-{VERSION}' / 'node_modules' / '.bin' / 'buf'
    if not shutil.which('node') or not (program.exists() or shutil.which('npm')):
        raise Unavailable('there is no npm')
    if not program.exists():
        tools.mkdir(parents=True, exist_ok=True)
        command = ['npm', 'install', '--prefix', tools / f'buf-{VERSION}', '--ignore-scripts',
                   '--no-audit', '--no-fund', '--no-save', '--fetch-retries=1',
                   '--fetch-timeout=30000', f'@bufbuild/buf@{VERSION}']
        try:
            subprocess.run(command, check=True, timeout=150, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise Unavailable('npm cannot install it') from error
    return program


def _run(program, *arguments, exit_codes=(0,)):
    done = subprocess.run([program, *arguments], timeout=120, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False,
                          env={**os.environ, 'BUF_CACHE_DIR': str(program.parents[2] / 'cache')})
    if done.returncode not in exit_codes:
        raise RuntimeError(f'buf {arguments[0]}: {done.stderr}')
    return done.stdout


def _image(program, pairs, folder):
    """The whole side as one image, cut down to what the compared messages reach."""
    image = folder.with_name(f'{folder.name}-image.binpb')
    types = [argument for pair in pairs for argument in ('--type', pair.message)]
    _run(program, 'build', folder, *types, '-o', image)
    return image


def _map_field(name):
    """A map's messages are named after its field: CountsByDayEntry, counts_by_day."""
    if not name.endswith('Entry'):
        return name
    return re.sub(r'(?<=.)([A-Z])', r'_\1', name.removesuffix('Entry')).lower()


def _field(text, old_names):
    """(key, name) of the field a text is about, by its old name."""
    extension, field = EXTENSION.search(text), FIELD.search(text)
    if extension:
        return extension.group(1), extension.group(2)
    number, name, message = field.groups()
    key = (number, message)
    return key, f'{_map_field(message)}.{old_names.get(key, name)}'


def _old_names(annotations):
    """buf names a renamed field by its new name, except where it says so."""
    names = {}
    for one in annotations:
        if one['type'] == 'FIELD_SAME_NAME':
            found = FIELD.search(one['message'])
            if found:
                names[found.group(1), found.group(3)] = RENAMED.search(one['message']).group(1)
    return names


def _element(annotation, old_names):
    text = annotation['message']
    if not annotation['type'].startswith('FIELD_'):
        return _map_field(WHOLE.search(text).group(1))
    if EXTENSION.search(text) and annotation['type'] == 'FIELD_SAME_NAME':
        return RENAMED.search(text).group(1)
    return _field(text, old_names)[1]


def _without_defaults_of_other_types(found):
    """buf compares defaults of other types too; we say no more than that the type is another."""
    retyped = {element for rule, element in found if rule == 'FIELD_COMPATIBLE_TYPE'}
    return {(rule, element) for rule, element in found
            if rule != 'FIELD_SAME_DEFAULT' or element not in retyped}


def breaks(program, pairs, folders):
    """Pair -> sorted (rule by our name, element)."""
    was, now = (_image(program, pairs, folder) for folder in folders)
    config = json.dumps({'version': 'v2', 'breaking': {'use': [CATEGORY]}})
    told = _run(program, 'breaking', now, '--against', was, '--config', config,
                '--error-format', 'json', exit_codes=(0, 100))
    by_pair = {pair.name: [] for pair in pairs}
    for line in told.splitlines():
        annotation = json.loads(line)
        by_pair[annotation['path'].split('/')[0]].append(annotation)
    found = {}
    for name, annotations in by_pair.items():
        old_names = _old_names(annotations)
        found[name] = sorted(_without_defaults_of_other_types(
            {(RULES.get(one['type'], one['type']),
              _element(one, old_names) if one['type'] in RULES else one['path'])
             for one in annotations}))
    return found
