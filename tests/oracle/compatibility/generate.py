"""Random pairs of schemas: a schema, and what a few random edits make of it. Same seed, same pairs,
whatever the version of Python: only Random.random() is used, whose sequence is promised to stay."""

import copy
import random

from pairs import MAIN, Pair

FAMILIES = [['int32', 'uint32'], ['int64', 'uint64'], ['fixed32', 'sfixed32'],
            ['fixed64', 'sfixed64'], ['bool'], ['sint32'], ['sint64'], ['string'], ['bytes'],
            ['double'], ['float']]
SCALARS = [scalar for family in FAMILIES for scalar in family]
KEYS = ['string', 'int32', 'uint32', 'int64', 'bool']
MESSAGES = ['Order', 'Line', 'Buyer']
ENUMS = ['Status', 'Channel']
DEFAULTS = {'string': ['"EUR"', '"USD"'], 'bool': ['true'], 'double': ['0.1', '2.5e9'],
            'float': ['0.1', '-3']}


class Dice:
    def __init__(self, seed):
        self._random = random.Random(seed)

    def below(self, bound):
        return int(self._random.random() * bound)

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def chance(self, percent):
        return self._random.random() * 100 < percent


class Schema:
    """Messages and enums as plain data that edits may change and that renders to .proto."""

    def __init__(self, dice):
        self.syntax = 'proto2' if dice.chance(40) else 'proto3'
        self.serial = 0
        self.enums = {name: {'values': [], 'numbers': set(), 'names': set()} for name in ENUMS}
        for name, an_enum in self.enums.items():
            for number in range(3 + dice.below(3)):
                an_enum['values'].append((number, self.fresh(name.upper())))
        self.messages = {name: {'fields': [], 'numbers': set(), 'names': set()}
                         for name in MESSAGES}
        for message in self.messages.values():
            for number in range(1, 4 + dice.below(4)):
                message['fields'].append(self.field(dice, number))
        self.messages['Order']['fields'][0].update(type='Line', oneof=None)
        self.messages['Order']['fields'][1].update(type='Status', oneof=None)

    def fresh(self, stem):
        self.serial += 1
        return f'{stem}_n{self.serial}'  # A letter: a map's message keeps it apart.

    def field(self, dice, number):
        label = dice.pick(['', '', 'optional', 'repeated', 'required', 'map'])
        oneof = dice.pick(['one', 'other']) if label == '' and dice.chance(25) else None
        kind = dice.pick(SCALARS + ENUMS * 2 + MESSAGES)
        return {'number': number, 'name': self.fresh('field'), 'type': kind, 'label': label,
                'key': dice.pick(KEYS), 'oneof': oneof, 'json_name': None, 'default': None}

    def render(self):
        parts = [f'syntax = "{self.syntax}";\n']
        for name, an_enum in self.enums.items():
            values = [f'{value} = {number};' for number, value in an_enum['values']]
            parts.append(_block('enum', name, values + _reserved(an_enum)))
        for name, message in self.messages.items():
            parts.append(_block('message', name, self._fields(message) + _reserved(message)))
        return ''.join(parts)

    def _fields(self, message):
        lines = [self._field(field) for field in message['fields'] if not _in_oneof(field)]
        for oneof in ('one', 'other', 'third'):
            inside = [field for field in message['fields']
                      if _in_oneof(field) and field['oneof'] == oneof]
            if inside:
                text = ' '.join(f'{field["type"]} {self._tail(field)}' for field in inside)
                lines.append(f'oneof {oneof} {{ {text} }}')
        return lines

    def _field(self, field):
        label = field['label']
        if label == 'map':
            return f'map<{field["key"]}, {field["type"]}> {self._tail(field)}'
        if self.syntax == 'proto2':
            label = label or 'optional'
        elif label == 'required':
            label = ''
        return f'{label} {field["type"]} {self._tail(field)}'.strip()

    def _tail(self, field):
        options = []
        if field['json_name']:
            options.append(f'json_name = "{field["json_name"]}"')
        default = field['default']
        if default is not None and self.syntax == 'proto2' and field['label'] in ('', 'optional'):
            values = DEFAULTS.get(field['type'], ['7', '8'])
            if field['type'] in SCALARS and field['type'] != 'bytes':
                options.append(f'default = {values[default % len(values)]}')
        text = f' [{", ".join(options)}]' if options else ''
        return f'{field["name"]} = {field["number"]}{text};'


def _in_oneof(field):
    return field['oneof'] is not None and field['label'] == ''


def _reserved(element):
    lines = []
    if element['numbers']:
        lines.append(f'reserved {", ".join(str(number) for number in sorted(element["numbers"]))};')
    if element['names']:
        names = ', '.join(f'"{name}"' for name in sorted(element['names']))
        lines.append(f'reserved {names};')
    return lines


def _block(word, name, lines):
    body = ''.join(f'  {line}\n' for line in lines)
    return f'{word} {name} {{\n{body}}}\n'


def _reserve(dice, element, number, name):
    how = dice.below(6)  # Mostly as it should be.
    if how != 0 and how != 1:
        element['numbers'].add(number)
    if how != 0 and how != 2:
        element['names'].add(name)


def _add_field(dice, schema, message):
    used = {field['number'] for field in message['fields']} | message['numbers']
    free = [number for number in range(1, 13) if number not in used]
    field = schema.field(dice, dice.pick(free))
    if dice.chance(80) and field['label'] == 'required':
        field['label'] = ''
    message['fields'].append(field)


def _delete_field(dice, _, message):
    if len(message['fields']) > 1:
        field = message['fields'].pop(dice.below(len(message['fields'])))
        _reserve(dice, message, field['number'], field['name'])


def _rename_field(dice, schema, message):
    dice.pick(message['fields'])['name'] = schema.fresh('renamed')


def _retype(dice, _, message):
    dice.pick(message['fields'])['type'] = dice.pick(SCALARS + ENUMS + MESSAGES)


def _retype_in_family(dice, _, message):
    field = dice.pick(message['fields'])
    families = [family for family in FAMILIES if field['type'] in family]
    if families:
        field['type'] = dice.pick(families[0])


def _relabel(dice, _, message):
    field = dice.pick(message['fields'])
    field['label'] = dice.pick(['', 'optional', 'repeated', 'required', 'map'])


def _toggle_presence(dice, _, message):
    field = dice.pick(message['fields'])
    field['label'] = {'': 'optional', 'optional': ''}.get(field['label'], field['label'])


def _set_json_name(dice, schema, message):
    field = dice.pick(message['fields'])
    field['json_name'] = None if field['json_name'] else schema.fresh('json')


def _move_oneof(dice, _, message):
    dice.pick(message['fields'])['oneof'] = dice.pick([None, 'one', 'other', 'third'])


def _set_default(dice, _, message):
    for field in message['fields']:
        if dice.chance(40):
            field['default'] = dice.pick([None, 0, 1])


def _reorder(dice, _, message):
    message['fields'].append(message['fields'].pop(dice.below(len(message['fields']))))


def _release(dice, _, message):
    which = message[dice.pick(['numbers', 'names'])]
    if which:
        which.discard(dice.pick(sorted(which)))


def _reserve_more(dice, _, message):
    used = {field['number'] for field in message['fields']}
    message['numbers'].update({number for number in range(20, 20 + dice.below(5))} - used)


def _edit_enum(dice, schema, _):
    an_enum = schema.enums[dice.pick(ENUMS)]
    values, edit = an_enum['values'], dice.below(5)
    at = 1 + dice.below(len(values) - 1) if len(values) > 1 else None
    if dice.chance(10) and an_enum['numbers']:
        an_enum['numbers'].discard(dice.pick(sorted(an_enum['numbers'])))
    if edit == 0:
        used = {number for number, _ in values} | an_enum['numbers']
        values.append((max(used) + 1, schema.fresh('ADDED')))
    elif edit == 1 and at:
        number, name = values.pop(at)
        _reserve(dice, an_enum, number, name)
    elif edit == 2 and at:
        values[at] = (values[at][0], schema.fresh('RENAMED'))
    elif edit == 3 and at:
        values.append(values.pop(at))
    elif edit == 4 and len(values) > 2:
        (one, first), (other, second) = values[1], values[2]
        values[1], values[2] = (one, second), (other, first)


def _change_syntax(dice, schema, _):
    if dice.chance(30):
        schema.syntax = 'proto3' if schema.syntax == 'proto2' else 'proto2'


HARMLESS = [_add_field, _retype_in_family, _toggle_presence, _reorder, _reserve_more, _delete_field]
EDITS = [*HARMLESS, _rename_field, _retype, _relabel, _set_json_name, _move_oneof, _set_default,
         _release, _edit_enum, _edit_enum, _change_syntax]


def _edit(dice, schema, edits):
    dice.pick(edits)(dice, schema, schema.messages[dice.pick(MESSAGES)])


def generate(seed, count):
    dice = Dice(seed)
    pairs = []
    for index in range(count):
        was = Schema(dice)
        for _ in range(8):  # So that there are reservations, JSON names and defaults to lose.
            _edit(dice, was, [_delete_field, _set_json_name, _set_default, _set_default,
                              _reserve_more, _edit_enum])
        now = copy.deepcopy(was)
        edits = HARMLESS if dice.chance(50) else EDITS
        for _ in range(1 + dice.below(5)):
            _edit(dice, now, edits)
        pairs.append(Pair(f'random_{index}', f'seed {seed}',
                          {('was', MAIN): was.render(), ('is', MAIN): now.render()}))
    return pairs
