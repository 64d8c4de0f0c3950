// Which schema a name and a version mean, for whom.
#include "server/schema/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shop/v1/shop.pb.h"
#include "tests/unit/schema/compile.h"

namespace selfsame::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TenantId kOurs{1};
constexpr TenantId kTheirs{2};

struct Row {
  int id;
  TenantId tenant;
  const char* name;
  std::uint32_t version;
  State state = State::kActive;
};

Catalog Make(const std::vector<Row>& rows) {
  static const auto compiled = std::make_shared<const CompiledSchema>(
      MessageType::OfGenerated(*shop::v1::Order::descriptor()));
  std::vector<Schema> schemas;
  for (const Row& row : rows) {
    schemas.push_back({.id = SchemaId{row.id},
                       .tenant = row.tenant,
                       .name = row.name,
                       .version = row.version,
                       .state = row.state,
                       .compiled = compiled});
  }
  return Catalog(std::move(schemas));
}

int IdOf(const Schema* schema) { return schema == nullptr ? 0 : schema->id.value; }

TEST(CatalogTest, VersionZeroIsTheNewestThatIsNotRetired) {
  const Catalog catalog = Make({{1, kOurs, "a", 1},
                                {3, kOurs, "a", 3, State::kRetired},
                                {2, kOurs, "a", 2, State::kDeprecated}});
  EXPECT_EQ(IdOf(catalog.Find(kOurs, "a", 0)), 2);
}

TEST(CatalogTest, AVersionIsFoundWhateverItsState) {
  const Catalog catalog = Make({{1, kOurs, "a", 1, State::kRetired}, {2, kOurs, "a", 2}});
  EXPECT_EQ(IdOf(catalog.Find(kOurs, "a", 1)), 1);
  EXPECT_EQ(IdOf(catalog.Find(kOurs, "a", 2)), 2);
  EXPECT_EQ(catalog.Find(kOurs, "a", 3), nullptr);
}

TEST(CatalogTest, WhereAllAreRetiredNoneIsTheNewest) {
  const Catalog catalog = Make({{1, kOurs, "a", 1, State::kRetired}});
  EXPECT_EQ(catalog.Find(kOurs, "a", 0), nullptr);
  EXPECT_EQ(catalog.Versions(kOurs, "a").size(), 1u);
}

TEST(CatalogTest, NoTenantSeesAnothers) {
  const Catalog catalog = Make({{1, kTheirs, "a", 1}});
  EXPECT_EQ(catalog.Find(kOurs, "a", 0), nullptr);
  EXPECT_EQ(catalog.Find(kOurs, "a", 1), nullptr);
  EXPECT_THAT(catalog.Versions(kOurs, "a"), IsEmpty());
  EXPECT_THAT(catalog.SchemasOf(kOurs), IsEmpty());
}

TEST(CatalogTest, EverybodysSchemasAreEverybodys) {
  const Catalog catalog =
      Make({{1, kEveryTenant, "b", 1}, {2, kOurs, "a", 1}, {3, kTheirs, "a", 1}});
  EXPECT_EQ(IdOf(catalog.Find(kOurs, "b", 0)), 1);
  EXPECT_EQ(IdOf(catalog.Find(kTheirs, "b", 1)), 1);
  EXPECT_THAT(catalog.SchemasOf(kOurs),
              ElementsAre(catalog.Find(SchemaId{2}), catalog.Find(SchemaId{1})));
}

TEST(CatalogTest, ATenantsOwnComesFirstWithItsVersionsAlone) {
  const Catalog catalog =
      Make({{1, kEveryTenant, "a", 1}, {2, kEveryTenant, "a", 2}, {3, kOurs, "a", 1}});
  EXPECT_EQ(IdOf(catalog.Find(kOurs, "a", 0)), 3);
  EXPECT_EQ(catalog.Find(kOurs, "a", 2), nullptr);
  EXPECT_EQ(IdOf(catalog.Find(kTheirs, "a", 0)), 2);
}

TEST(CatalogTest, VersionsAreOldestFirst) {
  const Catalog catalog = Make({{5, kOurs, "a", 10}, {6, kOurs, "a", 9}, {7, kOurs, "a", 2}});
  std::vector<std::uint32_t> versions;
  for (const Schema* schema : catalog.Versions(kOurs, "a")) versions.push_back(schema->version);
  EXPECT_THAT(versions, ElementsAre(2u, 9u, 10u));
  EXPECT_EQ(catalog.schemas().size(), 3u);
}

TEST(CatalogTest, IdsAndVocabulariesAreFoundOrNull) {
  TenantVocabularies vocabularies;
  vocabularies[kOurs]["plans"] = nullptr;
  const Catalog catalog({}, std::move(vocabularies));
  EXPECT_EQ(catalog.Find(SchemaId{1}), nullptr);
  ASSERT_NE(catalog.VocabulariesOf(kOurs), nullptr);
  EXPECT_TRUE(catalog.VocabulariesOf(kOurs)->contains("plans"));
  EXPECT_EQ(catalog.VocabulariesOf(kTheirs), nullptr);
}

}  // namespace
}  // namespace selfsame::schema
