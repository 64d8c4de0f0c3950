"""Reads each dashboard with Grafana's own library (grafana-foundation-sdk, Apache License 2.0, from PyPI) and
writes it again: what Grafana does not know would be gone, what it understands otherwise would be another.
"""

import argparse
import copy
import json
import pathlib
import subprocess
import sys

VERSION = '1769699998!10.1.0'
SKIPPED = 77


class Unavailable(Exception):
    """The library cannot be had here."""


def install(tools):
    """Puts the library on the path, installed below `tools` once."""
    folder = tools / f'grafana-{VERSION.replace("!", "-")}'
    if not folder.exists():
        command = [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--retries=1', '--timeout=30',
                   '--target', folder, f'grafana-foundation-sdk=={VERSION}']
        try:
            subprocess.run(command, check=True, timeout=150, stdin=subprocess.DEVNULL, capture_output=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise Unavailable('pip cannot install it') from error
    sys.path.insert(0, str(folder))


def differences(ours, theirs, path=''):
    """What of `ours` is not so in `theirs`."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            if not isinstance(theirs, dict) or key not in theirs:
                yield f'{path}.{key} is not known'
            else:
                yield from differences(value, theirs[key], f'{path}.{key}')
    elif isinstance(ours, list):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            yield f'{path} is a list of another length'
        else:
            for i, (one, other) in enumerate(zip(ours, theirs)):
                yield from differences(one, other, f'{path}[{i}]')
    elif ours != theirs:
        yield f'{path} is {theirs!r} instead of {ours!r}'


def reread(dashboard):
    # Only here once it is installed.
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard
    register_default_plugins()
    return json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(copy.deepcopy(dashboard))))


def check(path):
    dashboard = json.loads(path.read_text())
    found = list(differences(dashboard, reread(dashboard)))
    # That a mistake would be found.
    dashboard['panels'][0]['no_such_setting'] = True
    if not any('no_such_setting' in one for one in differences(dashboard, reread(dashboard))):
        found.append('a setting that does not exist was not noticed')
    print(f'{path.name}: {len(dashboard["panels"])} panels, {len(found)} differences')
    for one in found:
        print(f'  {one}')
    return not found


def main():
    parser = argparse.ArgumentParser(description='Holds the dashboards to Grafana\'s own library.')
    parser.add_argument('--dashboards', type=pathlib.Path, required=True)
    parser.add_argument('--tools', type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    try:
        install(arguments.tools)
    except Unavailable as why:
        print(f'skipped: no grafana-foundation-sdk: {why}')
        return SKIPPED
    paths = sorted(arguments.dashboards.glob('*.json'))
    results = [check(path) for path in paths]
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
