#include "tests/bench/stage.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <cstdio>
#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "storage/embedded_migrations.h"
#include "storage/migrations.h"
#include "storage/tenants.h"
#include "tests/support/program.h"

namespace selfsame::bench {
namespace {

constexpr const char* kDatabase = "selfsame";
constexpr const char* kTenant = "bench";
constexpr const char* kSource = "web";
constexpr std::chrono::seconds kLoadWait{120};

}  // namespace

Result<std::unique_ptr<Stage>> Stage::Start(const std::string& program) {
  std::unique_ptr<Stage> made(new Stage(program));
  SELFSAME_ASSIGN_OR_RETURN(made->cluster_,
                            pg::Cluster::Start({.data_dir = made->folder() + "/pg"}));
  SELFSAME_RETURN_IF_ERROR(made->MakeDatabase(kDatabase));
  SELFSAME_RETURN_IF_ERROR(made->SeedTenant());
  made->server_ = made->StartServer("");
  return made;
}

std::unique_ptr<test::ServerProcess> Stage::StartServer(const std::string& config_toml) const {
  return test::ServerProcess::Start({.database_url = DatabaseUrl(),
                                     .master_key = &master_key_,
                                     .config_toml = config_toml,
                                     .flags = {"--lanes", "2"}});
}

test::ServerProcess& Stage::unmeasured_server() {
  if (unmeasured_server_ == nullptr) {
    unmeasured_server_ = StartServer("[quality]\nmeasures = false\n");
  }
  return *unmeasured_server_;
}

Stage::~Stage() {
  unmeasured_server_.reset();
  server_.reset();
  cluster_.reset();
}

Status Stage::MakeDatabase(const std::string& name) {
  SELFSAME_RETURN_IF_ERROR(cluster_->EnsureDatabase(name));
  SELFSAME_ASSIGN_OR_RETURN(const auto session, pg::Session::Connect({.url = DatabaseUrl(name)}));
  return ToStatus(storage::MigrateUp(*session, EmbeddedMigrations()));
}

Status Stage::SeedTenant() {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, pg::Session::Connect({.url = DatabaseUrl()}));
  const TimeUs now = Now();
  SELFSAME_RETURN_IF_ERROR(ToStatus(storage::CreateTenant(*session, master_key_, kTenant, now)));
  SELFSAME_RETURN_IF_ERROR(ToStatus(storage::CreateSource(
      *session, kTenant, {.name = kSource, .owner = "bench", .purpose = "measuring"}, now)));
  SELFSAME_ASSIGN_OR_RETURN(
      const storage::Secret key,
      storage::CreateApiKey(*session, kTenant, kSource, {"ingest", "read", "admin"}, now));
  api_key_ = key.reveal();
  return {};
}

Result<Slice> Stage::Load(const LoadOptions& options) {
  const std::string output = folder() + "/load.json";
  const std::string errors = folder() + "/load.log";
  std::remove(output.c_str());  // Of the load before.
  const auto exit_code = test::RunProgram({.arguments = {program_, "load", ToJson(options)},
                                           .output_path = output,
                                           .error_path = errors,
                                           .environment = {"SELFSAME_API_KEY=" + api_key_}},
                                          kLoadWait);
  if (exit_code == 0) return SliceFromJson(test::ReadWholeFile(output));
  std::string why = "the client failed: " + test::ReadWholeFile(errors);
  if (!server_->IsRunning()) why += "and the server has ended:\n" + server_->Log();
  return Error{.reason = "LOAD_FAILED", .message = std::move(why)};
}

std::string Stage::DatabaseUrl() const { return DatabaseUrl(kDatabase); }

std::string Stage::PostgresVersion() const {
  pqxx::connection connection(DatabaseUrl());
  pqxx::nontransaction tx(connection);
  return tx.exec1("SHOW server_version")[0].c_str();
}

bool Stage::IsOnDisk() const {
  struct statfs file_system {};
  return statfs(folder().c_str(), &file_system) == 0 && file_system.f_type != TMPFS_MAGIC;
}

}  // namespace selfsame::bench
