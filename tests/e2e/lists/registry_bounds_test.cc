// How much a tenant may register, and that clients can ask for it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/client.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

class RegistryBoundsTest : public InstallationTest {
 protected:
  static Deadline Soon() { return Deadline::After(kPatience); }

  // `count` versions of one name, or names of one version each, with contents of `bytes`.
  void AddSchemas(int count, const std::string& name, const std::string& version, int bytes) {
    Rows(*database_,
         fmt::format("INSERT INTO schemas (tenant_id, name, version, created_at, content, "
                     "content_hash, registered_by) SELECT t.tenant_id, {}, {}, now(), "
                     "convert_to(repeat('x', {}), 'UTF8'), 'h' || n, 'test' "
                     "FROM tenants AS t, generate_series(1, {}) AS n WHERE t.name = 'acme'",
                     name, version, bytes, count));
  }
  void AddVocabularies(int count, const std::string& name, const std::string& version, int bytes) {
    Rows(*database_,
         fmt::format("INSERT INTO vocabularies (tenant_id, name, version, content_hash, "
                     "registered_by, created_at, terms) SELECT t.tenant_id, {}, {}, 'h', 'test', "
                     "now(), jsonb_build_array(jsonb_build_object('value', repeat('x', {}), "
                     "'synonyms', '[]'::jsonb)) "
                     "FROM tenants AS t, generate_series(1, {}) AS n WHERE t.name = 'acme'",
                     name, version, bytes, count));
  }

  // The error, or nothing when it is registered or refused for what the schema says.
  Error RegisterSchema(bool is_dry_run = false) {
    schema::v1::RegisterSchemaRequest request;
    auto* file = request.mutable_descriptor_set()->add_file();
    file->set_name("shop/v1/order.proto");
    file->set_package("shop.v1");
    file->set_syntax("proto3");
    file->add_message_type()->set_name("Order");
    request.set_message("shop.v1.Order");
    request.set_dry_run(is_dry_run);
    const auto response = tool_.RegisterSchema(request, Soon());
    return response.ok() ? Error{} : response.error();
  }
  Error RegisterVocabulary(int bytes) {
    schema::v1::RegisterVocabularyRequest request;
    request.set_name("plans");
    schema::v1::Term* term = nullptr;
    for (int i = 0; i * 190 < bytes; ++i) {
      const std::string text = fmt::format("{:0>190}", i);
      if (i % 10 == 0) {
        term = request.add_terms();
        term->set_value(text);
      } else {
        term->add_synonyms(text);
      }
    }
    const auto response = tool_.RegisterVocabulary(request, Soon());
    return response.ok() ? Error{} : response.error();
  }

  static void ExpectRefused(const Error& error, const std::string& reason,
                            const std::string& field) {
    EXPECT_EQ(error.code, ErrorCode::kFailedPrecondition);
    EXPECT_EQ(error.reason, reason) << error.message;
    ASSERT_EQ(error.violations.size(), 1u);
    EXPECT_EQ(error.violations[0].field, field);
    EXPECT_TRUE(error.violations[0].message.starts_with(reason + ": "))
        << error.violations[0].message;
  }

  const cli::Client tool_{server_->grpc_address(), tenant_.api_key};
};

TEST_F(RegistryBoundsTest, RefusesOneVersionTooMany) {
  AddSchemas(499, "'shop.v1.Order'", "n", 1);
  EXPECT_EQ(RegisterSchema().reason, "SCHEMA_REFUSED");  // It has no options; there is room.
  AddSchemas(1, "'shop.v1.Order'", "500", 1);
  ExpectRefused(RegisterSchema(), "SCHEMA_LIMIT_EXCEEDED", "message");
  ExpectRefused(RegisterSchema(true), "SCHEMA_LIMIT_EXCEEDED", "message");
}

TEST_F(RegistryBoundsTest, RefusesOneSchemaTooMany) {
  AddSchemas(999, "'shop.v1.M' || n", "1", 1);
  EXPECT_EQ(RegisterSchema().reason, "SCHEMA_REFUSED");
  AddSchemas(1, "'shop.v1.Last'", "1", 1);
  ExpectRefused(RegisterSchema(), "SCHEMA_LIMIT_EXCEEDED", "message");
}

TEST_F(RegistryBoundsTest, RefusesSchemasThatAreTooLargeTogether) {
  AddSchemas(31, "'shop.v1.M' || n", "1", 1 << 20);
  EXPECT_EQ(RegisterSchema().reason, "SCHEMA_REFUSED");
  AddSchemas(1, "'shop.v1.Last'", "1", 1 << 20);
  ExpectRefused(RegisterSchema(), "SCHEMA_LIMIT_EXCEEDED", "descriptor_set");
}

TEST_F(RegistryBoundsTest, RefusesVocabulariesThatAreTooManyOrTooLarge) {
  ExpectRefused(RegisterVocabulary(5 << 20), "VOCABULARY_LIMIT_EXCEEDED", "terms");
  AddVocabularies(499, "'plans'", "n", 1);
  AddVocabularies(499, "'m' || n", "1", 1);
  EXPECT_EQ(RegisterVocabulary(100).reason, "");  // The 500th version.
  ExpectRefused(RegisterVocabulary(300), "VOCABULARY_LIMIT_EXCEEDED", "name");
  Rows(*database_, "DELETE FROM vocabularies WHERE name = 'plans'");
  AddVocabularies(1, "'last'", "1", 1);
  ExpectRefused(RegisterVocabulary(100), "VOCABULARY_LIMIT_EXCEEDED", "name");
  Rows(*database_, "DELETE FROM vocabularies");
  AddVocabularies(64, "'m' || n", "1", 1 << 20);
  ExpectRefused(RegisterVocabulary(100), "VOCABULARY_LIMIT_EXCEEDED", "terms");
}

TEST_F(RegistryBoundsTest, GetLimitsReportsThem) {
  const auto limits = tool_.GetLimits(Soon());
  ASSERT_TRUE(limits.ok());
  EXPECT_EQ(limits->attribute_bytes_max(), 131'072u);
  EXPECT_EQ(limits->attribute_elements_max(), 5'000u);
  EXPECT_EQ(limits->profile_attributes_max(), 1'000u);
  EXPECT_EQ(limits->profile_bytes_max(), 1'048'576u);
  EXPECT_EQ(limits->schema_bytes_max(), 1'048'576u);
  EXPECT_EQ(limits->schema_versions_max(), 500u);
  EXPECT_EQ(limits->schemas_max(), 1'000u);
  EXPECT_EQ(limits->schema_bytes_total_max(), 33'554'432u);
  EXPECT_EQ(limits->vocabulary_bytes_max(), 4'194'304u);
  EXPECT_EQ(limits->vocabulary_versions_max(), 500u);
  EXPECT_EQ(limits->vocabularies_max(), 500u);
  EXPECT_EQ(limits->vocabulary_bytes_total_max(), 67'108'864u);
}

}  // namespace
}  // namespace selfsame::test
