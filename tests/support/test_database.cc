#include "tests/support/test_database.h"

#include <fstream>
#include <iterator>
#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "storage/embedded_migrations.h"
#include "storage/migrations.h"
#include "storage/pg/cluster.h"
#include "storage/tenants.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

constexpr const char* kEmpty = "template1";
constexpr const char* kMigrated = "migrated";

// One a process; stopped and removed at exit.
class TestCluster {
 public:
  static TestCluster& Get() {
    static TestCluster cluster;
    return cluster;
  }

  std::string url(std::string_view database) const { return cluster_->url(database); }
  std::string log_path() const { return folder_.path() + "/pg/server.log"; }
  std::string NextName() { return fmt::format("test_{}", ++made_); }

  // CREATE and DROP DATABASE run outside transactions, which a Session does not do.
  void Run(const std::string& sql) const {
    pqxx::connection connection(url("postgres"));
    pqxx::nontransaction(connection).exec(sql);
  }

 private:
  TestCluster()
      : cluster_(Must(pg::Cluster::Start({.data_dir = folder_.path() + "/pg",
                                          .socket_dir = "",
                                          .durability = pg::Durability::kDiscardable}))) {
    Must(cluster_->EnsureDatabase(kMigrated));
    const auto session = Must(pg::Session::Connect({.url = url(kMigrated)}));
    Must(storage::MigrateUp(*session, EmbeddedMigrations()));
  }

  const TempFolder folder_;
  const std::unique_ptr<pg::Cluster> cluster_;
  int made_ = 0;
};

std::string Clone(const std::string& template_name) {
  const std::string name = TestCluster::Get().NextName();
  TestCluster::Get().Run(fmt::format("CREATE DATABASE {} TEMPLATE {}", name, template_name));
  return name;
}

}  // namespace

std::unique_ptr<TestDatabase> TestDatabase::Create() {
  return std::unique_ptr<TestDatabase>(new TestDatabase(kMigrated, storage::MasterKey::Generate()));
}

std::unique_ptr<TestDatabase> TestDatabase::CreateWithKeyOf(const TestDatabase& other) {
  return std::unique_ptr<TestDatabase>(new TestDatabase(kMigrated, other.master_key()));
}

std::unique_ptr<TestDatabase> TestDatabase::CreateEmpty() {
  return std::unique_ptr<TestDatabase>(new TestDatabase(kEmpty, storage::MasterKey::Generate()));
}

TestDatabase::TestDatabase(const std::string& template_name, const storage::MasterKey& master_key)
    : name_(Clone(template_name)),
      url_(TestCluster::Get().url(name_)),
      master_key_(master_key),
      owner_(NewSession("")) {}

TestDatabase::~TestDatabase() {
  owner_.reset();
  TestCluster::Get().Run(fmt::format("DROP DATABASE {} WITH (FORCE)", name_));
}

std::unique_ptr<pg::Session> TestDatabase::NewSession(const std::string& role) const {
  return Must(pg::Session::Connect({.url = url_, .role = role, .application_name = "test"}));
}

SeededTenant TestDatabase::SeedTenant(const std::string& name) {
  const TimeUs now = Now();
  SeededTenant seeded{.name = name, .shard = storage::ShardOf(name), .source_name = "web"};
  seeded.tenant = Must(storage::CreateTenant(*owner_, master_key_, name, now));
  seeded.source = Must(storage::CreateSource(
      *owner_, name, {.name = seeded.source_name, .owner = "tests", .purpose = "testing"}, now));
  seeded.api_key = Must(storage::CreateApiKey(*owner_, name, seeded.source_name,
                                              {"ingest", "read", "admin"}, now))
                       .reveal();
  return seeded;
}

void TestDatabase::Administer(const std::string& sql) { TestCluster::Get().Run(sql); }

std::string TestDatabase::ServerLog() {
  std::ifstream log(TestCluster::Get().log_path());
  return std::string(std::istreambuf_iterator<char>(log), {});
}

}  // namespace selfsame::test
