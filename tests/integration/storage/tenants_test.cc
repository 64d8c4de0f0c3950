#include "storage/tenants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <thread>

#include "base/seal.h"
#include "storage/tenant_secrets.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::storage {
namespace {

namespace fs = std::filesystem;
using test::Must;
using test::TempFolder;
using test::TestDatabase;
using testing::ElementsAre;

constexpr TimeUs kThen{1'291'191'960'000'000};
constexpr TimeUs kLater{1'291'191'961'000'000};

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(Printable<std::string>);
static_assert(!Printable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

NewSource Web() { return {.name = "web", .owner = "growth", .purpose = "orders"}; }

template <typename T>
std::string ReasonOf(const Result<T>& result) {
  return result.ok() ? "ok" : result.error().reason;
}

template <typename T>
std::vector<std::string> ViolatedFields(const Result<T>& result) {
  std::vector<std::string> fields;
  if (result.ok()) return fields;
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  for (const Violation& violation : result.error().violations) fields.push_back(violation.field);
  return fields;
}

// Every value of every column, as text.
std::string Dump(TestDatabase& database, const std::string& table) {
  return Must(
      database.owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<std::string> {
        return tx
            .exec("SELECT coalesce(string_agg(t::text, '\n'), '') FROM " + table + " AS t")[0][0]
            .as<std::string>();
      }));
}

TEST(MasterKeyTest, IsMadeOncePrivateAndReadBack) {
  const TempFolder folder;
  const std::string path = folder.path() + "/master.key";
  const auto made = Must(MasterKey::LoadOrCreate(path));
  const auto read = Must(MasterKey::LoadOrCreate(path));
  EXPECT_EQ(made.reveal().size(), kSealKeyBytes);
  EXPECT_EQ(made.reveal(), read.reveal());
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator{}), 1);
}

TEST(MasterKeyTest, OfManyThatMakeItAtOnceAllGetTheSame) {
  const TempFolder folder;
  const std::string path = folder.path() + "/master.key";
  std::vector<std::string> keys(8);
  std::vector<std::thread> threads;
  for (std::string& key : keys) {
    threads.emplace_back([&] { key = Must(MasterKey::LoadOrCreate(path)).reveal(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 1u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator{}), 1);
}

TEST(MasterKeyTest, FileThatOthersMayReadIsRefused) {
  const TempFolder folder;
  const std::string path = folder.path() + "/master.key";
  Must(MasterKey::LoadOrCreate(path));
  for (const mode_t mode : {0640, 0604, 0620}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_EQ(ReasonOf(MasterKey::LoadOrCreate(path)), "MASTER_KEY_EXPOSED");
  }
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  EXPECT_EQ(ReasonOf(MasterKey::LoadOrCreate(path)), "ok");
}

TEST(MasterKeyTest, AnythingButAKeyIsRefusedAndKept) {
  const TempFolder folder;
  const std::string path = folder.path() + "/master.key";
  for (const std::string& text : {std::string(), std::string("abc\n"), std::string(64, 'g'),
                                  std::string(65, 'a'), std::string(62, 'a') + "\n"}) {
    std::ofstream(path) << text;
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    EXPECT_EQ(ReasonOf(MasterKey::LoadOrCreate(path)), "MASTER_KEY_MALFORMED") << text;
    EXPECT_EQ(fs::file_size(path), text.size());
  }
  EXPECT_EQ(ReasonOf(MasterKey::LoadOrCreate(folder.path())), "MASTER_KEY_MALFORMED");
  EXPECT_EQ(ReasonOf(MasterKey::LoadOrCreate(folder.path() + "/none/key")),
            "MASTER_KEY_UNREADABLE");
}

// Computed once with another implementation of BLAKE2b: shards must never move.
TEST(TenantsTest, ShardsAreStable) {
  EXPECT_EQ(ShardOf("acme").value, 242);
  EXPECT_EQ(ShardOf("globex").value, 79);
  EXPECT_EQ(ShardOf("a").value, 895);
}

TEST(TenantsTest, NamesAreTakenOnce) {
  const auto database = TestDatabase::Create();
  pg::Session& owner = database->owner();
  const MasterKey& key = database->master_key();
  ASSERT_TRUE(CreateTenant(owner, key, "acme", kThen).ok());
  ASSERT_TRUE(CreateTenant(owner, key, "globex", kThen).ok());
  ASSERT_TRUE(CreateSource(owner, "acme", Web(), kThen).ok());

  const auto tenant = CreateTenant(owner, key, "acme", kThen);
  ASSERT_EQ(ReasonOf(tenant), "TENANT_EXISTS");
  EXPECT_EQ(tenant.error().code, ErrorCode::kFailedPrecondition);
  const auto source = CreateSource(owner, "acme", Web(), kThen);
  ASSERT_EQ(ReasonOf(source), "SOURCE_EXISTS");
  EXPECT_EQ(source.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(CreateSource(owner, "globex", Web(), kThen).ok());
}

TEST(TenantsTest, WhatIsNotThereIsNamed) {
  const auto database = TestDatabase::Create();
  pg::Session& owner = database->owner();
  Must(CreateTenant(owner, database->master_key(), "acme", kThen));
  const auto tenant = CreateSource(owner, "nobody", Web(), kThen);
  ASSERT_EQ(ReasonOf(tenant), "TENANT_UNKNOWN");
  EXPECT_EQ(tenant.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(tenant.error().message, testing::HasSubstr("nobody"));
  EXPECT_EQ(ReasonOf(CreateApiKey(owner, "nobody", "web", {"read"}, kThen)), "TENANT_UNKNOWN");
  EXPECT_EQ(ReasonOf(CreateApiKey(owner, "acme", "web", {"read"}, kThen)), "SOURCE_UNKNOWN");
  EXPECT_EQ(ReasonOf(ListSources(owner, "nobody")), "TENANT_UNKNOWN");
  EXPECT_EQ(ReasonOf(ListApiKeys(owner, "nobody")), "TENANT_UNKNOWN");
}

TEST(TenantsTest, EveryWrongFieldIsNamed) {
  const auto database = TestDatabase::Create();
  pg::Session& owner = database->owner();
  const MasterKey& key = database->master_key();
  for (const std::string& name : {std::string(), std::string("Acme"), std::string("1acme"),
                                  std::string("a b"), std::string("a'b"), std::string(64, 'a')}) {
    EXPECT_THAT(ViolatedFields(CreateTenant(owner, key, name, kThen)), ElementsAre("name")) << name;
  }
  Must(CreateTenant(owner, key, std::string(63, 'a'), kThen));
  Must(CreateTenant(owner, key, "acme", kThen));
  Must(CreateSource(owner, "acme", Web(), kThen));
  EXPECT_THAT(ViolatedFields(CreateSource(
                  owner, "acme",
                  {.name = "W", .owner = "", .purpose = std::string(501, 'p'), .trust_priority = 0},
                  kThen)),
              ElementsAre("name", "owner", "purpose", "trust_priority"));
  EXPECT_THAT(ViolatedFields(CreateApiKey(owner, "acme", "web", {}, kThen)), ElementsAre("scopes"));
  EXPECT_THAT(ViolatedFields(CreateApiKey(owner, "acme", "web", {"read", "root"}, kThen)),
              ElementsAre("scopes[1]"));
}

// What passes our checks passes the schema's, and the other way round at the edges.
TEST(TenantsTest, LengthsCountCharactersAsTheSchemaDoes) {
  const auto database = TestDatabase::Create();
  Must(CreateTenant(database->owner(), database->master_key(), "acme", kThen));
  std::string owner;
  for (int i = 0; i < 200; ++i) owner += "ü";
  NewSource source{.name = "web", .owner = owner, .purpose = "p", .trust_priority = 1000};
  EXPECT_EQ(ReasonOf(CreateSource(database->owner(), "acme", source, kThen)), "ok");
  source.name = "web2";
  source.owner += "ü";
  EXPECT_THAT(ViolatedFields(CreateSource(database->owner(), "acme", source, kThen)),
              ElementsAre("owner"));
}

TEST(TenantsTest, ListsShowWhatWasMade) {
  const auto database = TestDatabase::Create();
  pg::Session& owner = database->owner();
  Must(CreateTenant(owner, database->master_key(), "globex", kLater));
  const TenantId acme = Must(CreateTenant(owner, database->master_key(), "acme", kThen));
  const SourceId web = Must(CreateSource(owner, "acme", Web(), kThen));
  Must(CreateApiKey(owner, "acme", "web", {"ingest", "read"}, kThen));

  const auto tenants = Must(ListTenants(owner));
  ASSERT_EQ(tenants.size(), 2u);
  EXPECT_EQ(tenants[0].name, "acme");
  EXPECT_EQ(tenants[0].id, acme);
  EXPECT_EQ(tenants[0].created_at, kThen);
  const auto sources = Must(ListSources(owner, "acme"));
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].id, web);
  EXPECT_EQ(sources[0].owner, "growth");
  EXPECT_EQ(sources[0].purpose, "orders");
  EXPECT_EQ(sources[0].trust_priority, 100);
  const auto keys = Must(ListApiKeys(owner, "acme"));
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].source, "web");
  EXPECT_THAT(keys[0].scopes, ElementsAre("ingest", "read"));
  EXPECT_FALSE(keys[0].revoked_at.has_value());
  EXPECT_TRUE(Must(ListSources(owner, "globex")).empty());
  EXPECT_TRUE(Must(ListApiKeys(owner, "globex")).empty());
}

TEST(TenantsTest, ApiKeyIsShownOnceAndStoredAsItsHash) {
  const auto database = TestDatabase::Create();
  const auto seeded = database->SeedTenant("acme");
  EXPECT_THAT(seeded.api_key, testing::MatchesRegex("sfs_[A-Za-z0-9_-]{43}"));
  const std::string stored = Dump(*database, "api_keys");
  EXPECT_NE(stored.find(ApiKeyHash(seeded.api_key)), std::string::npos);
  EXPECT_EQ(stored.find(seeded.api_key), std::string::npos);
  EXPECT_EQ(stored.find(seeded.api_key.substr(4)), std::string::npos);
  const Secret other = Must(CreateApiKey(database->owner(), "acme", "web", {"read"}, kThen));
  EXPECT_NE(other.reveal(), seeded.api_key);
}

TEST(TenantsTest, RevokedKeyLeavesTheDirectoryForGood) {
  const auto database = TestDatabase::Create();
  const auto seeded = database->SeedTenant("acme");
  database->SeedTenant("globex");
  pg::Session& owner = database->owner();
  const auto id = Must(ListApiKeys(owner, "acme"))[0].id;
  ASSERT_NE(Must(LoadDirectory(owner, database->master_key())).FindApiKey(seeded.api_key), nullptr);

  EXPECT_EQ(ReasonOf(RevokeApiKey(owner, "globex", id, kThen)), "API_KEY_UNKNOWN");
  EXPECT_EQ(ReasonOf(RevokeApiKey(owner, "acme", id + 1000, kThen)), "API_KEY_UNKNOWN");
  EXPECT_NE(Must(LoadDirectory(owner, database->master_key())).FindApiKey(seeded.api_key), nullptr);
  Must(RevokeApiKey(owner, "acme", id, kThen));
  Must(RevokeApiKey(owner, "acme", id, kLater));

  EXPECT_EQ(Must(LoadDirectory(owner, database->master_key())).FindApiKey(seeded.api_key), nullptr);
  EXPECT_EQ(Must(ListApiKeys(owner, "acme"))[0].revoked_at, kThen);
}

TEST(DirectoryTest, IsCompleteUnderTheAppRole) {
  const auto database = TestDatabase::Create();
  const auto acme = database->SeedTenant("acme");
  const auto globex = database->SeedTenant("globex");
  const Secret read_only = Must(CreateApiKey(database->owner(), "acme", "web", {"read"}, kThen));
  const auto app = database->NewSession("selfsame_app");

  const Directory directory = Must(LoadDirectory(*app, database->master_key()));

  ASSERT_EQ(directory.tenants.size(), 2u);
  const Tenant* tenant = directory.FindTenant(acme.tenant);
  ASSERT_NE(tenant, nullptr);
  EXPECT_EQ(tenant->name, "acme");
  EXPECT_EQ(tenant->spread, 1);
  EXPECT_EQ(tenant->shard, ShardOf("acme"));
  const Source* source = directory.FindSource(acme.source);
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->tenant, acme.tenant);
  EXPECT_EQ(source->name, "web");
  EXPECT_EQ(source->trust_priority, 100);
  const ApiKey* key = directory.FindApiKey(globex.api_key);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->tenant, globex.tenant);
  EXPECT_EQ(key->source, globex.source);
  EXPECT_TRUE(key->scopes.Has(Scope::kIngest));
  EXPECT_TRUE(key->scopes.Has(Scope::kRead));
  EXPECT_TRUE(key->scopes.Has(Scope::kAdmin));
  const ApiKey* reader = directory.FindApiKey(read_only.reveal());
  ASSERT_NE(reader, nullptr);
  EXPECT_FALSE(reader->scopes.Has(Scope::kIngest));
  EXPECT_TRUE(reader->scopes.Has(Scope::kRead));
  EXPECT_FALSE(reader->scopes.Has(Scope::kAdmin));
  EXPECT_EQ(directory.FindApiKey("sfs_unknown"), nullptr);
  EXPECT_EQ(directory.FindApiKey(""), nullptr);
}

TEST(DirectoryTest, TenantsHaveKeysOfTheirOwnThatStayTheSame) {
  const auto database = TestDatabase::Create();
  const auto acme = database->SeedTenant("acme"), globex = database->SeedTenant("globex");
  const Directory once = Must(LoadDirectory(database->owner(), database->master_key()));
  const Directory again = Must(LoadDirectory(database->owner(), database->master_key()));
  std::set<std::string> keys;
  for (const TenantId id : {acme.tenant, globex.tenant}) {
    const Tenant& tenant = *once.FindTenant(id);
    EXPECT_EQ(tenant.node_key.reveal().size(), 32u);
    EXPECT_EQ(tenant.seal_key.reveal().size(), kSealKeyBytes);
    EXPECT_EQ(tenant.node_key.reveal(), again.FindTenant(id)->node_key.reveal());
    EXPECT_EQ(tenant.seal_key.reveal(), again.FindTenant(id)->seal_key.reveal());
    keys.insert(std::string(tenant.node_key.reveal()));
    keys.insert(std::string(tenant.seal_key.reveal()));
  }
  EXPECT_EQ(keys.size(), 4u);
}

TEST(DirectoryTest, KeysOpenOnlyWithTheMasterKeyAndForTheirTenant) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  database->SeedTenant("globex");
  const auto wrong = LoadDirectory(database->owner(), MasterKey::Generate());
  ASSERT_EQ(ReasonOf(wrong), "MASTER_KEY_WRONG");
  EXPECT_EQ(wrong.error().code, ErrorCode::kFailedPrecondition);

  // One tenant's sealed keys put in another's row.
  Must(database->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec(
        "UPDATE tenants SET secrets_sealed = "
        "(SELECT secrets_sealed FROM tenants WHERE name = 'globex') WHERE name = 'acme'");
    return {};
  }));
  const Directory swapped = Must(LoadDirectory(database->owner(), database->master_key()));
  ASSERT_EQ(swapped.troubles.size(), 1u);
  const TenantTrouble& trouble = swapped.troubles.begin()->second;
  EXPECT_EQ(trouble.name, "acme");
  EXPECT_EQ(trouble.reason, "MASTER_KEY_WRONG");
  EXPECT_TRUE(trouble.is_shut_out);
  EXPECT_EQ(swapped.tenants.size(), 1u);  // The other one is served.
}

TEST(DirectoryTest, ATenantThatCannotBeReadKeepsWhatWasReadLast) {
  const auto database = TestDatabase::Create();
  const auto acme = database->SeedTenant("acme");
  const auto globex = database->SeedTenant("globex");
  const Directory before = Must(LoadDirectory(database->owner(), database->master_key()));
  Must(database->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec("UPDATE tenants SET secrets_sealed = 'x' WHERE name = 'acme'");
    tx.exec(
        "INSERT INTO rulesets (tenant_id, version, created_at, created_by, body)"
        " SELECT tenant_id, 1, now(), 'newer', 'of_the_future = true' FROM tenants");
    tx.exec(
        "INSERT INTO ruleset_activations (tenant_id, version, activated_at, actor, reason)"
        " SELECT tenant_id, 1, now(), 'newer', 'upgrade' FROM tenants");
    return {};
  }));
  Must(RevokeApiKey(database->owner(), "acme", 1, kThen));
  const Directory now = Must(LoadDirectory(database->owner(), database->master_key(), &before));
  EXPECT_EQ(now.troubles.size(), 2u);
  for (const auto& id : {acme.tenant, globex.tenant}) {
    ASSERT_NE(now.FindTenant(id), nullptr);
    EXPECT_FALSE(now.troubles.at(id).is_shut_out);
    EXPECT_EQ(now.FindTenant(id)->rules->version, 0);
    EXPECT_EQ(now.FindTenant(id)->node_key.reveal(), before.FindTenant(id)->node_key.reveal());
  }
  EXPECT_EQ(now.FindApiKey(acme.api_key), nullptr) << "revoked, whatever else is wrong";
  EXPECT_NE(now.FindApiKey(globex.api_key), nullptr);

  const Directory fresh = Must(LoadDirectory(database->owner(), database->master_key()));
  EXPECT_TRUE(fresh.tenants.empty());
  EXPECT_TRUE(fresh.troubles.at(globex.tenant).is_shut_out);
  EXPECT_EQ(fresh.troubles.at(globex.tenant).reason, "RULESET_UNREADABLE");
}

TEST(TenantSecretsTest, NothingIsSealedUnderAnotherMasterKey) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  const MasterKey other = MasterKey::Generate();
  EXPECT_EQ(ReasonOf(CreateTenant(database->owner(), other, "globex", kThen)), "MASTER_KEY_WRONG");
  EXPECT_EQ(Must(ListTenants(database->owner())).size(), 1u);
  // An installation of before there was a check value: its tenants tell.
  const auto forget = [&](const char* sql) {
    Must(database->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
      tx.exec(sql);
      return {};
    }));
  };
  forget("DELETE FROM installation");
  EXPECT_EQ(ReasonOf(VerifyMasterKey(database->owner(), other)), "MASTER_KEY_WRONG");
  Must(VerifyMasterKey(database->owner(), database->master_key()));
  // The check value alone tells from now on.
  forget("UPDATE tenants SET secrets_sealed = 'x'");
  Must(VerifyMasterKey(database->owner(), database->master_key()));
  EXPECT_EQ(ReasonOf(VerifyMasterKey(database->owner(), other)), "MASTER_KEY_WRONG");
  EXPECT_EQ(ReasonOf(LoadDirectory(database->owner(), other)), "MASTER_KEY_WRONG");
}

TEST(DirectoryTest, AppRoleCannotChangeWhoMayCall) {
  const auto database = TestDatabase::Create();
  database->SeedTenant("acme");
  const auto app = database->NewSession("selfsame_app");
  EXPECT_FALSE(CreateTenant(*app, database->master_key(), "globex", kThen).ok());
  EXPECT_FALSE(CreateSource(*app, "acme", {.name = "x", .owner = "o", .purpose = "p"}, kThen).ok());
  EXPECT_FALSE(CreateApiKey(*app, "acme", "web", {"admin"}, kThen).ok());
  EXPECT_FALSE(RevokeApiKey(*app, "acme", Must(ListApiKeys(*app, "acme"))[0].id, kThen).ok());
}

TEST(DirectoryTest, EmptyDatabaseIsNotReady) {
  const auto database = TestDatabase::CreateEmpty();
  EXPECT_EQ(ReasonOf(LoadDirectory(database->owner(), database->master_key())), "SCHEMA_NOT_READY");
}

}  // namespace
}  // namespace selfsame::storage
