"""Proves that every check can fail: each bad sample is caught, each good one passes."""

import pathlib
import re
import sys
import tempfile
import unittest

import cpp
import lint

HERE = pathlib.Path(__file__).resolve().parent
BAD_SQL = 'f("SELECT a "\n  "FROM b");\n'
GOOD_HEADER = ('// What it is for.\n#ifndef SELFSAME_BASE_GOOD_H_\n#define SELFSAME_BASE_GOOD_H_\n'
               '\n#endif  // SELFSAME_BASE_GOOD_H_\n')
GOOD_TABLE = ('-- Why.\nCREATE TABLE hot (\n  shard int NOT NULL,\n  tenant_id int NOT NULL,\n'
              '  CONSTRAINT hot_pkey PRIMARY KEY (shard, tenant_id)\n);\n'
              'ALTER TABLE hot ENABLE ROW LEVEL SECURITY;\n')
GOOD_SQL = '-- name: Touch :exec\nUPDATE hot SET a = $3 WHERE shard = $1 AND tenant_id = $2;\n'
GOOD_DEV = ('cmd_help() { printf "  help  x\\n"; }\ncase ${1:-help} in\n  help) cmd_help ;;\n'
            '  *) exit 2 ;;\nesac\n')


def function_of(lines):
    return 'int F(int a) {\n' + '  ++a;\n' * (lines - 2) + '}\n'


class SelfTest(unittest.TestCase):
    def findings(self, check, samples):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in samples.items():
                file = pathlib.Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding='utf-8')
            return lint.run(folder, [check])

    def assert_caught(self, check, samples, *messages):
        """Exactly one finding for each of the messages, in order."""
        found = self.findings(check, samples)
        self.assertEqual(len(found), len(messages), found)
        for line, message in zip(found, messages):
            self.assertIn(message, line)

    def assert_passes(self, check, samples):
        self.assertEqual(self.findings(check, samples), [])


class LayersTest(SelfTest):
    def include(self, path, *included):
        return {path: ''.join(f'#include {name}\n' for name in included)}

    def test_upward_includes_are_caught(self):
        for path, included in [('base/a.cc', '"identity/b.h"'), ('identity/a.cc', '"storage/b.h"'),
                               ('storage/pg/a.cc', '"storage/b.h"'),
                               ('server/schema/a.cc', '"storage/b.h"'),
                               ('server/ingest/a.cc', '"server/edge/b.h"'),
                               ('server/edge/a.cc', '"server/workers/b.h"'),
                               ('server/workers/a.cc', '"server/ingest/b.h"'),
                               ('server/ingest/a.cc', '"server/config.h"')]:
            self.assert_caught('layers', self.include(path, included), 'may not include')

    def test_downward_includes_pass(self):
        for path, included in [('server/edge/a.cc', '"storage/pg/b.h"'),
                               ('base/a.cc', '"base/b.h"'),
                               ('server/edge/a.cc', '"selfsame/ingest/v1/ingest.pb.h"'),
                               ('server/app.cc', '"server/edge/b.h"'),
                               ('cli/a.cc', '"storage/b.h"'),
                               ('identity/canonicalize.cc', '<unicode/unistr.h>'),
                               ('tests/unit/a.cc', '<pqxx/pqxx>')]:
            self.assert_passes('layers', self.include(path, included))

    def test_libraries_stay_behind_their_fences(self):
        for path, included in [('server/ingest/a.cc', '<pqxx/pqxx>'), ('cli/a.cc', '<libpq-fe.h>'),
                               ('server/app.cc', '<spdlog/logger.h>'),
                               ('server/edge/a.cc', '<prometheus/exposer.h>'),
                               ('server/ingest/a.cc', '<grpcpp/grpcpp.h>'),
                               ('server/edge/a.cc', '<google/protobuf/descriptor.h>'),
                               ('server/edge/a.cc', '<CLI/CLI.hpp>'),
                               ('server/schema/a.cc', '<unicode/unistr.h>'),
                               ('server/edge/a.cc', '<sodium.h>'),
                               ('storage/a.cc', '<curl/curl.h>')]:
            self.assert_caught('layers', self.include(path, included), 'only in')
        self.assert_caught('layers', self.include('storage/a.cc', '"selfsame/wire/v1/wire.pb.h"'),
                           'storage may not include proto', 'generated protobuf code only in')

    def test_libcurl_is_in_one_file(self):
        one = self.include('server/workers/webhooks.cc', '<curl/curl.h>')
        self.assert_passes('layers', one)
        two = self.include('server/workers/z.cc', '<curl/curl.h>')
        self.assert_caught('layers', {**one, **two}, 'libcurl in one file only')

    def test_identity_is_pure(self):
        self.assert_caught('layers', self.include('identity/a.cc', '<thread>', '"base/uuid.h"'),
                           'identity is pure', 'identity is pure')
        self.assert_caught('layers', {'identity/a.cc': 'auto t = Now();\n'}, 'identity is pure')

    def test_files_outside_all_layers_are_caught(self):
        self.assert_caught('layers', {'utils/a.cc': ''}, 'in no layer')
        self.assert_caught('layers', self.include('base/a.cc', '"b.h"'), 'in no layer')


class FunctionsTest(SelfTest):
    def test_long_functions_are_caught_in_every_language(self):
        self.assert_passes('functions', {'a.cc': function_of(70)})
        self.assert_caught('functions', {'a.cc': function_of(71)}, 'F has 71 lines')
        self.assert_caught('functions', {'a.py': 'def f():\n' + '    pass\n' * 70}, 'f has 71')
        self.assert_caught('functions', {'dev': 'f() {\n' + '  :\n' * 69 + '}\n'}, 'f has 71')

    def test_old_long_functions_may_only_shrink(self):
        ratchet = {'tests/lint/long_functions.txt': '# Why.\na.cc F 80\n'}
        self.assert_passes('functions', {**ratchet, 'a.cc': function_of(80)})
        self.assert_caught('functions', {**ratchet, 'a.cc': function_of(81)},
                           'F has 81 lines; stop at 80', 'no longer has 80')
        self.assert_caught('functions', {**ratchet, 'a.cc': function_of(75)}, 'no longer has 80')
        self.assert_caught('functions', {**ratchet, 'a.cc': function_of(9)}, 'no longer has 80')

    def test_functions_are_told_from_the_rest(self):
        text = '\n'.join([
            'namespace a {', 'struct S {', '  explicit S(int a) : a_{a}, b_(a) {', '  }',
            '  S& operator=(const S&) { return *this; }', '  void operator()(int a = {}) const {',
            '    if (a) { F(); }', '  }', '  int a_{1};', '};',
            'template <typename T>', 'auto G(T t = {}) -> std::vector<T> {', '  // }',
            '  const char* s = "}";', '  char c = \'{\'; int n = 1\'000;', '}',
            'constexpr int kTable[] = {Make(1), 2};', 'enum class E { kA };', '#define M() {',
            'TEST(Suite, Name) {', '}', '}  // namespace a', ''])
        self.assertEqual([(f.name, f.line, f.lines) for f in cpp.functions(text)],
                         [('S', 3, 2), ('operator=', 5, 1), ('operator()', 6, 3), ('G', 11, 6),
                          ('TEST(Suite,Name)', 20, 2)])


class FilesTest(SelfTest):
    def test_unclean_lines_are_caught(self):
        self.assert_caught('files', {'base/a.h': 'int a; \n'}, 'a.h:1: [files] blanks')
        self.assert_caught('files', {'base/a.h': 'int a;\n\tint b;\n'}, 'a.h:2: [files] a tab')
        self.assert_caught('files', {'a.md': 'a\r\n'}, 'carriage return')
        self.assert_caught('files', {'a.md': 'a'}, 'no line end')
        self.assert_caught('files', {'a.sql': '-- TO' 'DO later\n'}, 'left to do')
        self.assert_caught('files', {'a.cc': '// FIX' 'ME\n'}, 'left to do')
        self.assert_passes('files', {'base/a.h': 'int a;\n\nint b;\n', 'a.txt': 'todo\n'})

    def test_long_files_are_caught(self):
        self.assert_passes('files', {'a.cc': '\n' * 600})
        self.assert_caught('files', {'a.cc': '\n' * 601}, '601 lines')

    def test_using_namespace_is_caught_in_code_only(self):
        self.assert_caught('files', {'a.cc': 'using namespace std;\n'}, 'using namespace')
        self.assert_passes('files', {'a.cc': '// No using namespace.\nF("using namespace");\n'})

    def test_what_builds_make_is_not_looked_at(self):
        self.assert_passes('files', {'build/dev/a.cc': '\t', '.run/demo/a.txt': '\t'})


class HeadersTest(SelfTest):
    def test_a_good_header_passes(self):
        self.assert_passes('headers', {'base/good.h': GOOD_HEADER})

    def test_a_missing_first_line_is_caught(self):
        self.assert_caught('headers', {'base/good.h': GOOD_HEADER.split('\n', 1)[1]},
                           'what the header is for')

    def test_wrong_guards_are_caught(self):
        self.assert_caught('headers', {'base/good.h': '// What.\n#pragma once\n'},
                           'the guard is not SELFSAME_BASE_GOOD_H_', 'does not end in')
        undefined = GOOD_HEADER.replace('define SELF', 'define X')
        self.assert_caught('headers', {'base/good.h': undefined}, 'the guard is not')
        self.assert_caught('headers', {'base/other.h': GOOD_HEADER}, 'the guard', 'does not end')


class ListedTest(SelfTest):
    def test_sources_nobody_builds_are_caught(self):
        for listing in ({}, {'a/CMakeLists.txt': 'x(SOURCES other.cc)\n'},
                        {'a/CMakeLists.txt': 'x(SOURCES b/c_test.cc)\n', 'a/b/CMakeLists.txt': ''}):
            self.assert_caught('listed', {'a/b/c_test.cc': '', **listing}, 'does not list')

    def test_listed_sources_pass(self):
        self.assert_passes('listed', {'a/b/c.cc': '', 'a/d.cc': '',
                                      'a/CMakeLists.txt': 'x(SOURCES b/c.cc d.cc)\n'})


class SqlTest(SelfTest):
    def test_sql_in_cpp_is_caught(self):
        for text in (BAD_SQL, 'F(R"(INSERT INTO a)");\n', 'F("UPDATE a SET b = 1");\n',
                     'F("delete from a where b");\n'):
            self.assert_caught('sql_in_cpp', {'storage/a.cc': text}, 'SQL in a C++ string')

    def test_sql_passes_where_it_belongs_and_words_pass_everywhere(self):
        self.assert_passes('sql_in_cpp', {'storage/migrations.cc': BAD_SQL, 'tests/a.cc': BAD_SQL})
        self.assert_passes('sql_in_cpp', {
            'cli/a.cc': '// SELECT a FROM b\nF("select one of them");\n'
                        'F("the update of a set");\nF("SELECT"), F("FROM");\n'})

    def sql(self, text):
        return {'migrations/0001_hot.sql': GOOD_TABLE, 'storage/sql/a.sql': text}

    def test_good_statements_pass(self):
        self.assert_passes('sql', self.sql(GOOD_SQL))
        self.assert_passes('sql', self.sql('-- name: Count :one\nSELECT count(*) FROM tenants;\n'))

    def test_statements_that_leave_shard_or_tenant_are_caught(self):
        for good, bad, message in [('shard', '-- shard\n', 'without shard'),
                                   ('tenant_id', 't', 'without tenant_id')]:
            self.assert_caught('sql', self.sql(GOOD_SQL.replace(good, bad)), message)
        self.assert_caught('sql', self.sql('-- name: A :many\nSELECT a FROM x JOIN hot ON b;\n'),
                           'touches hot without shard', 'touches hot without tenant_id')

    def test_careless_statements_are_caught(self):
        for columns in ('*', 't.*'):
            text = f'-- name: A :many\nSELECT {columns} FROM t;\n'
            self.assert_caught('sql', self.sql(text), 'list them')
        self.assert_caught('sql', self.sql('-- name: a :some\nSELECT a;\n'), 'not of the form')
        self.assert_caught('sql', self.sql(GOOD_SQL + GOOD_SQL), 'is also in storage/sql/a.sql')
        self.assert_caught('sql', self.sql('SELECT a;\n'), 'no `-- name:')


class MigrationsTest(SelfTest):
    def test_good_migrations_pass(self):
        self.assert_passes('migrations', {'migrations/0001_a.sql': GOOD_TABLE,
                                          'migrations/0002_b.sql': '-- Why.\n'})

    def test_repeats_and_odd_names_are_caught(self):
        for second in ('0001_b.sql', '2_b.sql'):
            self.assert_caught('migrations', {'migrations/0001_a.sql': '-- Why.\n',
                                              f'migrations/{second}': '-- Why.\n'}, 'expected')

    def test_silent_migrations_are_caught(self):
        self.assert_caught('migrations', {'migrations/0001_a.sql': 'SELECT 1;\n'}, 'what the')

    def test_tables_without_their_keys_or_row_security_are_caught(self):
        for good, bad, message in [('(shard, tenant_id)', '(tenant_id, shard)', 'does not lead'),
                                   ('PRIMARY KEY (shard, tenant_id)',
                                    'PRIMARY KEY (shard, tenant_id), UNIQUE (a)', 'without shard'),
                                   ('ENABLE', 'DISABLE', 'no row-level security')]:
            text = GOOD_TABLE.replace(good, bad)
            self.assert_caught('migrations', {'migrations/0001_a.sql': text}, message)


class DevScriptTest(SelfTest):
    def dev(self, text):
        return {'dev': text, '.ci/run': 'exec ./dev test\n'}

    def test_a_good_script_passes(self):
        self.assert_passes('dev_script', self.dev(GOOD_DEV))

    def test_unexplained_verbs_are_caught(self):
        self.assert_caught('dev_script', self.dev('cmd_go() { :; }\n' + GOOD_DEV),
                           'help does not explain go')

    def test_unknown_verbs_must_be_refused(self):
        self.assert_caught('dev_script', self.dev(GOOD_DEV.replace('exit 2', 'exit 0')),
                           'does not exit with 2')

    def test_scripts_that_do_not_parse_are_caught(self):
        broken = {**self.dev(GOOD_DEV), '.ci/run': 'if\n'}
        self.assert_caught('dev_script', broken, 'does not parse')
        self.assert_caught('dev_script', {'a.txt': ''}, 'there is no dev script')


class RegistrationTest(unittest.TestCase):
    def test_every_check_is_a_test_of_its_own(self):
        text = (HERE / 'CMakeLists.txt').read_text(encoding='utf-8')
        named = re.search(r'foreach\(check ([a-z_ ]+)\)', text).group(1).split()
        self.assertEqual(sorted(named), sorted(lint.CHECKS))
        files = sorted(path.stem for path in (HERE / 'checks').glob('*.py'))
        self.assertEqual(files, sorted(lint.CHECKS))

    def test_every_check_has_been_seen_to_fail(self):
        text = pathlib.Path(__file__).read_text(encoding='utf-8')
        for name in lint.CHECKS:
            self.assertIn(f"assert_caught('{name}'", text)


if __name__ == '__main__':
    sys.exit(not unittest.main(exit=False, verbosity=1).result.wasSuccessful())
