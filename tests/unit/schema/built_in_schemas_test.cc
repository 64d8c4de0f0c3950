// The schemas that ship with the server are held to the gate that a tenant's own must pass.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "server/schema/catalog.h"

namespace selfsame::schema {
namespace {

TEST(BuiltInSchemasTest, NothingIsWrongWithTheirOptions) {
  for (const BuiltInSchema& schema : BuiltInSchemas()) {
    for (const Finding& finding : schema.compiled->findings()) {
      ADD_FAILURE() << finding.rule << " " << finding.path << ": " << finding.message;
    }
  }
}

TEST(BuiltInSchemasTest, EveryFieldSaysOnWhatGroundItIsKept) {
  for (const BuiltInSchema& schema : BuiltInSchemas()) {
    EXPECT_FALSE(schema.compiled->entries().all.empty()) << schema.name;
    for (const Entry& entry : schema.compiled->entries().all) {
      EXPECT_NE(entry.legal_basis, options::v1::LEGAL_BASIS_UNSPECIFIED) << entry.full_name;
      EXPECT_EQ(entry.owner, "data-governance") << entry.full_name;
    }
  }
}

// A message that is written but not listed is one that nobody can send.
TEST(BuiltInSchemasTest, EveryMessageThatSaysItIsASchemaIsOne) {
  std::set<std::string> listed;
  std::set<const google::protobuf::FileDescriptor*> files;
  for (const BuiltInSchema& schema : BuiltInSchemas()) {
    EXPECT_TRUE(listed.insert(schema.name).second) << schema.name;
    files.insert(schema.compiled->descriptor().file());
  }
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto& rules = file->message_type(i)->options().GetExtension(options::v1::schema);
      EXPECT_EQ(rules.kind() != options::v1::KIND_UNSPECIFIED,
                listed.contains(file->message_type(i)->full_name()))
          << file->message_type(i)->full_name();
    }
  }
}

}  // namespace
}  // namespace selfsame::schema
