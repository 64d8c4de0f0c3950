"""What FindBreaks says: protoc makes descriptor sets, compare_schemas compares them."""

import json
import subprocess

# Rules whose path names a message or an enum; all others name a field or a value of one.
OF_THE_WHOLE = {'MESSAGE_KEEPS_RESERVED', 'MESSAGE_SAME_JSON_FORMAT', 'ENUM_KEEPS_RESERVED',
                'ENUM_SAME_JSON_FORMAT'}


def _element(rule, path):
    """The element as buf's texts can name it: "Order.total" for fields, else "Order"."""
    parts = path.split('.')
    if rule.startswith('FIELD_'):
        return '.'.join(parts[-2:])
    return parts[-1] if rule in OF_THE_WHOLE else parts[-2]


def _descriptor_set(folder):
    out = folder.with_suffix('.binpb')
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob('*.proto'))
    subprocess.run(['protoc', f'-I{folder}', '--include_imports', f'--descriptor_set_out={out}',
                    *files], check=True, timeout=120)
    return out


def breaks(pairs, folders, bin_folder):
    """Pair -> sorted [rule, element]."""
    sets = [_descriptor_set(folder) for folder in folders]
    told = subprocess.run([bin_folder / 'compare_schemas', *sets, *(pair.message for pair in pairs)],
                          check=True, timeout=120, stdout=subprocess.PIPE, text=True).stdout
    found = {}
    for line in told.splitlines():
        answer = json.loads(line)
        name = answer['message'].split('.')[0]
        found[name] = sorted({(one['rule'], _element(one['rule'], one['path']))
                              for one in answer['breaks']})
    return found
