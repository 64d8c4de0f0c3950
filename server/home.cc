#include "server/home.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "storage/embedded_migrations.h"
#include "storage/migrations.h"
#include "storage/tenant_secrets.h"

namespace selfsame::server {
namespace {

constexpr const char* kDatabaseName = "selfsame";
constexpr std::chrono::milliseconds kPauseFirst{250};
constexpr std::chrono::milliseconds kPauseMax{10'000};

Error Unwritable(const std::string& path) {
  return {.code = ErrorCode::kInternal,
          .reason = "DATA_DIR_UNWRITABLE",
          .message = "cannot write " + path};
}

// Written whole or not at all, and only once the server listens: its appearance is the sign that it
// does. Readable by the owner only, since a database url may hold a password.
Status WriteEndpointFile(const std::string& path, const nlohmann::json& endpoint) {
  const std::string draft = path + ".new";
  std::error_code failed;
  {
    std::ofstream out(draft);
    std::filesystem::permissions(
        draft, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
    out << endpoint.dump(2) << "\n";
    if (!out.flush()) return Unwritable(draft);
  }
  std::filesystem::rename(draft, path, failed);
  if (failed) return Unwritable(path);
  return {};
}

bool IsEmptyOrAbsent(const std::string& folder) {
  std::error_code failed;
  return !std::filesystem::exists(folder, failed) || std::filesystem::is_empty(folder, failed);
}

}  // namespace

Result<std::unique_ptr<Home>> Home::Open(const HomeContext& context) {
  std::unique_ptr<Home> home(new Home(context));
  const std::string& data_dir = context.config.data_dir;
  if (!data_dir.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(home->folder_, DataFolder::Open(data_dir));
    home->Withdraw();  // Of an earlier run, which was killed.
  }
  SELFSAME_RETURN_IF_ERROR(home->FindMasterKey());
  SELFSAME_RETURN_IF_ERROR(home->StartDatabase());
  if (!home->master_key_) SELFSAME_RETURN_IF_ERROR(home->CreateMasterKey());
  return home;
}

Home::~Home() { Stop(); }

std::string Home::KeyPath() const {
  const Config& config = context_.config;
  return config.master_key_file.empty() ? config.data_dir + "/master.key" : config.master_key_file;
}

// Leaves it out where it is to be made once the database was asked.
Status Home::FindMasterKey() {
  const Config& config = context_.config;
  // Made before the database, so that a crash between the two leaves no database without a key.
  if (IsPrivate() && IsEmptyOrAbsent(config.data_dir + "/postgres")) {
    SELFSAME_ASSIGN_OR_RETURN(master_key_, storage::MasterKey::LoadOrCreate(KeyPath()));
    return {};
  }
  Result<storage::MasterKey> loaded = storage::MasterKey::Load(KeyPath());
  if (loaded.ok()) {
    master_key_ = std::move(loaded).value();
    return {};
  }
  if (loaded.error().reason != "MASTER_KEY_MISSING") return loaded.error();
  if (config.create_master_key) return {};
  Error error = std::move(loaded).error();
  error.message +=
      "; pass the file that this installation uses, or --create-master-key for a new installation";
  return error;
}

Status Home::StartDatabase() {
  const Config& config = context_.config;
  database_url_ = config.database_url;
  if (IsPrivate()) {
    context_.log.Info("starting private postgresql", {{"data_dir", config.data_dir}});
    SELFSAME_ASSIGN_OR_RETURN(
        cluster_,
        pg::Cluster::Start({.data_dir = config.data_dir + "/postgres", .stop = context_.stop}));
    SELFSAME_RETURN_IF_ERROR(cluster_->EnsureDatabase(kDatabaseName));
    database_url_ = cluster_->url(kDatabaseName);
  }
  if (!IsPrivate() && !config.migrate) return {};
  return Migrate();
}

Status Home::CreateMasterKey() {
  SELFSAME_ASSIGN_OR_RETURN(
      const auto session,
      pg::Session::Connect({.url = database_url_, .application_name = "selfsamed start"}));
  const Result<bool> has_key = storage::HasMasterKey(*session);
  // Without tables there are no tenants.
  if (!has_key.ok() && has_key.error().reason != "SCHEMA_NOT_READY") return has_key.error();
  if (has_key.ok() && *has_key) {
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "MASTER_KEY_MISSING",
                 .message = "master key file " + KeyPath() +
                            ": there is no such file, and the database has a master key already; "
                            "pass the file that this installation uses"};
  }
  SELFSAME_ASSIGN_OR_RETURN(master_key_, storage::MasterKey::LoadOrCreate(KeyPath()));
  context_.log.Info("master key created; keep a copy of it", {{"file", KeyPath()}});
  return {};
}

Status Home::Migrate() const {
  const observe::Logger& log = context_.log;
  SELFSAME_ASSIGN_OR_RETURN(const auto session, pg::Session::Connect(storage::MigrationSession(
                                                    database_url_, "selfsamed migrate")));
  storage::MigrateOptions migrate;
  migrate.on_started = [&](const storage::MigrationStep& step) {
    log.Info("migration started", {{"name", step.name}});
  };
  migrate.on_waiting = [&](const std::string& name) {
    log.Info("migration waits for a lock", {{"name", name}});
  };
  migrate.on_applied = [&](const storage::MigrationStep& step) {
    log.Info("migration applied", {{"name", step.name}, {"ms", step.duration.count()}});
  };
  return ToStatus(storage::MigrateUp(*session, EmbeddedMigrations(), migrate));
}

Status Home::Publish(const std::string& grpc, const std::string& metrics) const {
  if (folder_ == nullptr) return {};
  std::error_code failed;
  const std::string key_path = std::filesystem::absolute(KeyPath(), failed).string();
  return WriteEndpointFile(context_.config.data_dir + "/endpoint.json",
                           {{"pid", getpid()},
                            {"grpc", grpc},
                            {"metrics", metrics},
                            {"database_url", database_url_},
                            {"master_key_file", failed ? KeyPath() : key_path}});
}

void Home::Withdraw() const {
  if (folder_ == nullptr) return;
  std::error_code ignored;  // It may never have been written.
  std::filesystem::remove(context_.config.data_dir + "/endpoint.json", ignored);
}

void Home::Supervise() {
  if (cluster_ == nullptr || !cluster_->Ended()) return;
  if (!Trouble()) {
    pause_ = std::chrono::milliseconds(0);
    next_try_ = Deadline::After(pause_);
    const Error why = cluster_->WhyEnded();
    context_.log.Error("private postgresql ended", {{"reason", why.reason}, {"what", why.message}});
    SetTrouble(why);
  }
  if (!next_try_.Expired()) return;
  context_.metrics.postgres_restarts.Add();
  const Status restarted = cluster_->Restart();
  if (restarted.ok()) {
    context_.log.Info("private postgresql runs again");
    return SetTrouble(std::nullopt);
  }
  context_.log.Warn("private postgresql does not start",
                    {{"reason", restarted.error().reason}, {"what", restarted.error().message}});
  SetTrouble(restarted.error());
  pause_ = std::clamp(pause_ * 2, kPauseFirst, kPauseMax);
  next_try_ = Deadline::After(pause_);
}

std::optional<Error> Home::Trouble() const {
  MutexLock lock(mutex_);
  return trouble_;
}

void Home::SetTrouble(std::optional<Error> trouble) {
  MutexLock lock(mutex_);
  trouble_ = std::move(trouble);
}

void Home::Stop() {
  if (cluster_ != nullptr) cluster_->Stop();
}

}  // namespace selfsame::server
