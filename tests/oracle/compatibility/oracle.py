#!/usr/bin/env python3
"""Compares FindBreaks with `buf breaking`: the same pairs of schemas, the same broken elements.

usage: oracle.py recorded|live|record --bin BUILD/bin --tools FOLDER

recorded  against what buf said when it was asked last (recorded.json); needs protoc only
live      against buf itself: the same pairs, and as many that a fresh seed makes; installs buf from
          npm below FOLDER and skips (exit code 77) where that cannot be done. $SELFSAME_SEED
          repeats a run.
record    asks buf and writes recorded.json: after a change to the pairs, or of buf's version
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

import buf
import generate
import ours
import pairs as pairs_file

HERE = pathlib.Path(__file__).resolve().parent
RECORDED = HERE / 'recorded.json'
OPTIONS = 'selfsame/options/v1/options.proto'
GENERATED = 150
RECORDED_SEED = 20240229
SKIPPED = 77

# Where we differ from buf and mean to: pair -> why. Empty: we do not.
EXCEPTIONS = {}


def hand_made():
    return pairs_file.parse((HERE / 'pairs.txt').read_text(encoding='utf-8'))


def write_sides(pairs, folder):
    folders = []
    for side in pairs_file.SIDES:
        side_folder = folder / side
        for pair in pairs:
            pair.write(side, side_folder)
        options = side_folder / OPTIONS
        options.parent.mkdir(parents=True)
        shutil.copyfile(HERE.parents[2] / 'proto' / OPTIONS, options)
        folders.append(side_folder)
    return folders


def disagreements(pairs, expected, found):
    """One line for each pair with other breaks than expected, and each exception that is none."""
    lines = []
    for pair in pairs:
        theirs, mine = set(map(tuple, expected[pair.name])), set(map(tuple, found[pair.name]))
        if (theirs == mine) == (pair.name in EXCEPTIONS):
            lines.append(f'{pair.name} ({pair.about}): only buf {sorted(theirs - mine)}, '
                         f'only ours {sorted(mine - theirs)}')
            lines.extend(f'{side}:\n{text}' for (side, _), text in pair.files.items())
    return lines


def report(pairs, expected, found, about):
    lines = disagreements(pairs, expected, found)
    breaking = sum(1 for pair in pairs if expected[pair.name])
    for line in lines:
        print(line)
    print(f'{len(pairs)} pairs, {breaking} of them breaking by {about}; '
          f'{len(EXCEPTIONS)} exceptions; {"DISAGREED" if lines else "agreed on every pair"}')
    if not 0 < breaking < len(pairs):
        print('pairs of one kind only prove nothing')
        return 1
    return 1 if lines else 0


def check_recorded(arguments, folder):
    record = json.loads(RECORDED.read_text(encoding='utf-8'))
    pairs = hand_made() + generate.generate(record['seed'], record['generated'])
    stale = [pair.name for pair in pairs
             if record['pairs'].get(pair.name, {}).get('digest') != pair.digest()]
    if stale or len(pairs) != len(record['pairs']):
        print(f'recorded.json is about other pairs; run oracle.py record. Changed: {stale}')
        return 1
    expected = {name: one['breaks'] for name, one in record['pairs'].items()}
    found = ours.breaks(pairs, write_sides(pairs, folder), arguments.bin)
    return report(pairs, expected, found, f'buf {record["buf"]} as recorded')


def check_live(arguments, folder):
    try:
        program = buf.install(arguments.tools)
    except buf.Unavailable as why:
        print(f'skipped: no buf {buf.VERSION} to compare with: {why}')
        return SKIPPED
    seed = int(os.environ.get('SELFSAME_SEED', random.SystemRandom().randrange(2**32)))
    print(f'seed: SELFSAME_SEED={seed}')
    pairs = hand_made() + generate.generate(seed, GENERATED)
    folders = write_sides(pairs, folder)
    return report(pairs, buf.breaks(program, pairs, folders),
                  ours.breaks(pairs, folders, arguments.bin), f'buf {buf.VERSION}')


def record(arguments, folder):
    pairs = hand_made() + generate.generate(RECORDED_SEED, GENERATED)
    said = buf.breaks(buf.install(arguments.tools), pairs, write_sides(pairs, folder))
    lines = [f'    {json.dumps(pair.name)}: '
             + json.dumps({'digest': pair.digest(), 'breaks': said[pair.name]}) for pair in pairs]
    heading = json.dumps({'buf': buf.VERSION, 'category': buf.CATEGORY, 'seed': RECORDED_SEED,
                          'generated': GENERATED}, indent=2)
    RECORDED.write_text(heading.removesuffix('\n}') + ',\n  "pairs": {\n' + ',\n'.join(lines)
                        + '\n  }\n}\n', encoding='utf-8')
    print(f'recorded what buf {buf.VERSION} says about {len(pairs)} pairs')
    return 0


def main():
    parser = argparse.ArgumentParser(description='Compares FindBreaks with buf breaking.')
    verbs = {'recorded': check_recorded, 'live': check_live, 'record': record}
    parser.add_argument('verb', choices=verbs)
    parser.add_argument('--bin', type=pathlib.Path, required=True)
    parser.add_argument('--tools', type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='selfsame-oracle-') as folder:
        return verbs[arguments.verb](arguments, pathlib.Path(folder))


if __name__ == '__main__':
    sys.exit(main())
