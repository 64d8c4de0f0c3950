// Lists in pages: each row exactly once, also while others are added.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "cli/client.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/rows.h"
#include "tests/e2e/tool.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

using Names = std::vector<std::string>;

class ListsTest : public InstallationTest {
 protected:
  static Deadline Soon() { return Deadline::After(kPatience); }

  // What `name` makes of each page, all pages in one list. `between` runs after each page.
  template <typename Request, typename Call, typename Name>
  static Names Walk(
      Request request, std::uint32_t page_size, const Call& call, const Name& name,
      const std::function<void()>& between = [] {}) {
    request.set_page_size(page_size);
    Names all;
    do {
      const auto page = call(request);
      EXPECT_TRUE(page.ok()) << page.error().reason << " " << page.error().message;
      if (!page.ok()) return all;
      const Names shown = name(*page);
      EXPECT_LE(shown.size(), page_size);
      all.insert(all.end(), shown.begin(), shown.end());
      request.set_page_token(page->next_page_token());
      between();
    } while (!request.page_token().empty());
    return all;
  }

  // Whether these are refused: no token, one of another list, one with other filters, a large page.
  template <typename Request, typename Call>
  static void ExpectRefusals(const Request& request, const std::string& other_token,
                             const Call& call) {
    for (const std::string& token : {std::string("x"), std::string(64, '0'), other_token}) {
      Request wrong = request;
      wrong.set_page_token(token);
      const auto page = call(wrong);
      ASSERT_FALSE(page.ok()) << token;
      EXPECT_EQ(page.error().reason, "PAGE_TOKEN_MALFORMED") << token;
    }
    Request large = request;
    large.set_page_size(1'001);
    const auto page = call(large);
    ASSERT_FALSE(page.ok());
    EXPECT_EQ(page.error().reason, "PAGE_SIZE_OUT_OF_RANGE");
  }

  void Execute(const std::string& sql) { Rows(*database_, sql); }

  void AddSchemas(const std::string& prefix, int count, int state = 1) {
    Execute(fmt::format(
        "INSERT INTO schemas (tenant_id, name, version, created_at, content, content_hash, "
        "registered_by, state) SELECT {}, '{}' || lpad((n / 3)::text, 4, '0'), n % 3 + 1, now(), "
        "'', 'h' || n, 'test', {} FROM generate_series(0, {}) AS n",
        tenant(), prefix, state, count - 1));
  }
  void AddVocabularies(const std::string& prefix, int count) {
    Execute(fmt::format(
        "INSERT INTO vocabularies (tenant_id, name, version, content_hash, registered_by, "
        "created_at, terms) SELECT {}, '{}' || lpad((n / 2)::text, 4, '0'), n % 2 + 1, 'h', "
        "'test', "
        "now(), '[]' FROM generate_series(0, {}) AS n",
        tenant(), prefix, count - 1));
  }
  std::int64_t tenant() {
    return Number(*database_, "SELECT tenant_id FROM tenants WHERE name = 'acme'");
  }

  Names Schemas(
      const schema::v1::ListSchemasRequest& request, std::uint32_t page_size,
      const std::function<void()>& between = [] {}) {
    return Walk(
        request, page_size, [&](const auto& page) { return tool_.ListSchemas(page, Soon()); },
        [](const auto& page) {
          Names names;
          for (const auto& one : page.schemas()) {
            names.push_back(fmt::format("{} {}", one.name(), one.version()));
          }
          return names;
        },
        between);
  }

  Names Vocabularies(
      std::uint32_t page_size, const std::function<void()>& between = [] {}) {
    return Walk(
        schema::v1::ListVocabulariesRequest(), page_size,
        [&](const auto& page) { return tool_.ListVocabularies(page, Soon()); },
        [](const auto& page) {
          Names names;
          for (const auto& one : page.vocabularies()) {
            names.push_back(fmt::format("{} {}", one.name(), one.version()));
          }
          return names;
        },
        between);
  }

  Names Fields(const catalog::v1::ListFieldsRequest& request, std::uint32_t page_size) {
    return Walk(
        request, page_size, [&](const auto& page) { return tool_.ListFields(page, Soon()); },
        [](const auto& page) {
          Names names;
          for (const auto& one : page.fields()) names.push_back(one.schema() + " " + one.path());
          return names;
        });
  }

  Names Drift(
      const catalog::v1::ListDriftRequest& request, std::uint32_t page_size,
      const std::function<void()>& between = [] {}) {
    return Walk(
        request, page_size, [&](const auto& page) { return tool_.ListDrift(page, Soon()); },
        [](const auto& page) {
          Names names;
          for (const auto& one : page.unknown()) {
            names.push_back(
                fmt::format("unknown {} {} {}", one.source(), one.schema(), one.path()));
          }
          for (const auto& one : page.versions()) {
            EXPECT_DOUBLE_EQ(one.share(), 1) << one.schema();
            names.push_back(fmt::format("version {} {}", one.source(), one.schema()));
          }
          return names;
        },
        between);
  }

  std::size_t LinesOfTool(std::vector<std::string> arguments) {
    Tool tool({"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key,
               "PATH=/usr/bin:/bin"});
    arguments.insert(arguments.end(), {"--output", "json"});
    const ToolResult result = tool.Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.JsonLines().size();
  }

  static void ExpectDistinct(const Names& names) {
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  }

  const cli::Client tool_{server_->grpc_address(), tenant_.api_key};
};

TEST_F(ListsTest, PagesOfSchemasShowEachVersionOnceWhileOthersAreRegistered) {
  AddSchemas("shop.v1.M", 240);
  AddSchemas("shop.v1.Retired", 9, 3);
  schema::v1::ListSchemasRequest request;
  const Names before = Schemas(request, 1'000);
  EXPECT_GT(before.size(), 240u);
  EXPECT_TRUE(std::is_sorted(before.begin(), before.end()));
  EXPECT_EQ(Schemas(request, 240), before);
  int page = 0;
  const Names walked = Schemas(request, 17, [&] {
    AddSchemas(fmt::format("a.v1.Before{}", page), 1);
    AddSchemas(fmt::format("z.v1.After{}", page++), 1);
  });
  ExpectDistinct(walked);
  EXPECT_THAT(walked, IsSupersetOf(before));
  request.set_name("shop.v1.M0007");
  EXPECT_THAT(Schemas(request, 2), SizeIs(3));
  request.set_name("shop.v1.Retired0000");
  EXPECT_THAT(Schemas(request, 2), IsEmpty());
  request.set_include_retired(true);
  EXPECT_THAT(Schemas(request, 2), SizeIs(3));
  EXPECT_GE(LinesOfTool({"schema", "list"}), walked.size());
}

TEST_F(ListsTest, PagesOfVocabulariesShowTheNewestVersionOfEachOnce) {
  AddVocabularies("m", 460);
  const Names before = Vocabularies(1'000);
  ASSERT_THAT(before, SizeIs(230));
  EXPECT_EQ(before.front(), "m0000 2");
  int page = 0;
  const Names walked = Vocabularies(19, [&] {
    AddVocabularies(fmt::format("a{}_", page), 1);
    AddVocabularies(fmt::format("z{}_", page++), 1);
  });
  ExpectDistinct(walked);
  EXPECT_THAT(walked, IsSupersetOf(before));
  EXPECT_GE(LinesOfTool({"vocabulary", "list"}), walked.size());
}

TEST_F(ListsTest, PagesOfFieldsShowEachFieldOnce) {
  catalog::v1::ListFieldsRequest request;
  const Names all = Fields(request, 1'000);
  ASSERT_GT(all.size(), 100u);  // More than one page of the usual size.
  ExpectDistinct(all);
  EXPECT_EQ(Fields(request, 7), all);
  EXPECT_EQ(LinesOfTool({"catalog", "list"}), all.size());
  request.set_only_unused(true);
  EXPECT_EQ(Fields(request, 23), all);  // Nothing was sent.
  request.set_schema("selfsame.schemas.account.v1.Traits");
  const Names traits = Fields(request, 1'000);
  EXPECT_GT(traits.size(), 3u);
  EXPECT_EQ(Fields(request, 3), traits);
}

TEST_F(ListsTest, PagesOfDriftShowEachRowOnceWhileOthersArrive) {
  const std::string source = Rows(*database_, "SELECT min(source_id) FROM sources")[0][0];
  const auto add = [&](const std::string& prefix, int count) {
    Execute(fmt::format(
        "INSERT INTO drift (tenant_id, source_id, schema_id, path, is_enum_value, records, "
        "first_seen_at, last_seen_at, value_hashes) SELECT {}, {}, schema_id, '{}' || n, n % 2 = "
        "0, "
        "1, now(), now(), '{{}}' FROM schemas, generate_series(1, {}) AS n WHERE tenant_id = 0",
        tenant(), source, prefix, count));
  };
  add("m", 11);
  Execute(
      fmt::format("INSERT INTO schema_usage (tenant_id, source_id, schema_id, records, "
                  "first_seen_at, last_seen_at) SELECT {}, {}, schema_id, 5, now(), now() "
                  "FROM schemas WHERE tenant_id = 0",
                  tenant(), source));
  catalog::v1::ListDriftRequest request;
  const auto schemas = static_cast<std::size_t>(
      Number(*database_, "SELECT count(*) FROM schemas WHERE tenant_id = 0"));
  const Names before = Drift(request, 1'000);
  ASSERT_THAT(before, SizeIs(schemas * 12));
  ExpectDistinct(before);
  for (const std::uint32_t size : {1'000u, 13u, static_cast<std::uint32_t>(schemas * 11)}) {
    EXPECT_EQ(Drift(request, size), before) << size;
  }
  int page = 0;
  const Names walked = Drift(request, 37, [&] {
    if (page < 3) add(fmt::format("a{}_", page), 1);
    if (page < 3) add(fmt::format("z{}_", page), 1);
    ++page;
  });
  ExpectDistinct(walked);
  EXPECT_THAT(walked, IsSupersetOf(before));
  request.set_schema("selfsame.schemas.account.v1.Traits");
  EXPECT_THAT(Drift(request, 5), SizeIs(11 + 6 + 1));
  request.set_source("nobody");
  EXPECT_THAT(Drift(request, 5), IsEmpty());
}

TEST_F(ListsTest, PagesOfAuditsAndSamplesShowEachOnce) {
  Execute(fmt::format(
      "INSERT INTO audits (tenant_id, audit_id, attribute, stratify_by, drawn_by, drawn_at, seed, "
      "population) SELECT {}, gen_random_uuid(), 'plan', '', 'test', "
      "timestamptz '2026-01-01 00:00Z' + (n / 2) * interval '1 hour', 1, 9 "
      "FROM generate_series(1, 211) AS n",
      tenant()));
  Execute(
      fmt::format("INSERT INTO audit_samples (tenant_id, number, audit_id, profile_id, record_id) "
                  "SELECT {}, 1, audit_id, gen_random_uuid(), gen_random_uuid() FROM audits",
                  tenant()));
  const auto audits = [&](std::uint32_t page_size) {
    return Walk(
        quality::v1::ListAuditsRequest(), page_size,
        [&](const auto& page) { return tool_.ListAudits(page, Soon()); },
        [](const auto& page) {
          Names names;
          for (const auto& one : page.audits()) names.push_back(one.audit_id());
          return names;
        });
  };
  const Names all = audits(1'000);
  ASSERT_THAT(all, SizeIs(211));
  ExpectDistinct(all);
  EXPECT_EQ(audits(10), all);
  EXPECT_EQ(LinesOfTool({"quality", "audits"}), all.size());
}

TEST_F(ListsTest, RefusesTokensThatAreNotOfThisListAndTheseFilters) {
  schema::v1::ListSchemasRequest schemas;
  schemas.set_page_size(1);
  const std::string of_schemas = Must(tool_.ListSchemas(schemas, Soon())).next_page_token();
  ASSERT_FALSE(of_schemas.empty());
  catalog::v1::ListFieldsRequest fields;
  fields.set_page_size(1);
  const std::string of_fields = Must(tool_.ListFields(fields, Soon())).next_page_token();
  ASSERT_FALSE(of_fields.empty());

  ExpectRefusals(schemas, of_fields, [&](const auto& r) { return tool_.ListSchemas(r, Soon()); });
  ExpectRefusals(schema::v1::ListVocabulariesRequest(), of_schemas,
                 [&](const auto& r) { return tool_.ListVocabularies(r, Soon()); });
  ExpectRefusals(fields, of_schemas, [&](const auto& r) { return tool_.ListFields(r, Soon()); });
  ExpectRefusals(catalog::v1::ListDriftRequest(), of_fields,
                 [&](const auto& r) { return tool_.ListDrift(r, Soon()); });
  ExpectRefusals(quality::v1::ListAuditsRequest(), of_fields,
                 [&](const auto& r) { return tool_.ListAudits(r, Soon()); });
  quality::v1::ListSamplesRequest samples;
  samples.set_audit_id("00000000-0000-7000-8000-000000000000");
  ExpectRefusals(samples, of_fields, [&](const auto& r) { return tool_.ListSamples(r, Soon()); });

  schemas.set_include_retired(true);
  ExpectRefusals(schemas, of_schemas, [&](const auto& r) { return tool_.ListSchemas(r, Soon()); });
  fields.set_only_unused(true);
  ExpectRefusals(fields, of_fields, [&](const auto& r) { return tool_.ListFields(r, Soon()); });
}

}  // namespace
}  // namespace selfsame::test
