#include "tests/bench/installation.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "storage/embedded_migrations.h"
#include "storage/migrations.h"
#include "storage/tenants.h"
#include "tests/bench/copy_load.h"

namespace selfsame::bench {
namespace {

constexpr const char* kDatabase = "selfsame";
constexpr const char* kCopyDatabase = "copy";
constexpr const char* kTenant = "bench";
constexpr const char* kSource = "web";
constexpr std::chrono::seconds kStartWait{30};
constexpr std::chrono::seconds kSliceWait{120};
constexpr std::chrono::milliseconds kLookEvery{10};

std::uint64_t CountRows(pqxx::nontransaction& tx, const std::string& table) {
  return tx.exec1("SELECT count(*) FROM " + table)[0].as<std::uint64_t>();
}

}  // namespace

Result<std::unique_ptr<Installation>> Installation::Start(const std::string& program) {
  std::unique_ptr<Installation> made(new Installation(program));
  SELFSAME_RETURN_IF_ERROR(made->StartDatabase());
  SELFSAME_RETURN_IF_ERROR(made->SeedTenant());
  made->server_ = test::ServerProcess::Start({.database_url = made->cluster_->url(kDatabase),
                                              .master_key = &made->master_key_,
                                              .config_toml = {},
                                              .flags = {"--lanes", "2"}});
  SELFSAME_RETURN_IF_ERROR(made->StartAnswerServer());
  return made;
}

Installation::~Installation() {
  answer_server_.reset();
  server_.reset();
  cluster_.reset();
}

Status Installation::StartDatabase() {
  SELFSAME_ASSIGN_OR_RETURN(cluster_, pg::Cluster::Start({.data_dir = folder_.path() + "/pg"}));
  for (const char* database : {kDatabase, kCopyDatabase}) {
    SELFSAME_RETURN_IF_ERROR(cluster_->EnsureDatabase(database));
    SELFSAME_ASSIGN_OR_RETURN(const auto session,
                              pg::Session::Connect({.url = cluster_->url(database)}));
    SELFSAME_RETURN_IF_ERROR(ToStatus(storage::MigrateUp(*session, EmbeddedMigrations())));
  }
  return {};
}

Status Installation::SeedTenant() {
  SELFSAME_ASSIGN_OR_RETURN(const auto session,
                            pg::Session::Connect({.url = cluster_->url(kDatabase)}));
  const TimeUs now = Now();
  SELFSAME_RETURN_IF_ERROR(ToStatus(storage::CreateTenant(*session, master_key_, kTenant, now)));
  SELFSAME_RETURN_IF_ERROR(ToStatus(storage::CreateSource(
      *session, kTenant, {.name = kSource, .owner = "bench", .purpose = "measuring"}, now)));
  SELFSAME_ASSIGN_OR_RETURN(const storage::Secret key,
                            storage::CreateApiKey(*session, kTenant, kSource, {"ingest"}, now));
  api_key_ = key.reveal();
  return {};
}

Status Installation::StartAnswerServer() {
  const std::string address_file = folder_.path() + "/answer.address";
  answer_server_ = test::Program::Start({.arguments = {program_, "answer"},
                                         .output_path = address_file,
                                         .error_path = folder_.path() + "/answer.log",
                                         .environment = {}});
  const Deadline deadline = Deadline::After(kStartWait);
  while (!answer_address_.ends_with('\n')) {
    answer_address_ = test::ReadWholeFile(address_file);
    if (answer_server_->AwaitExit(kLookEvery) || deadline.Expired()) {
      return Error{.reason = "ANSWER_SERVER_FAILED",
                   .message = "the answering server does not start"};
    }
  }
  answer_address_.pop_back();
  return {};
}

void Installation::MakeCopyTables(const std::string& suffix) {
  if (!copy_suffixes_.insert(suffix).second) return;
  pqxx::connection connection(cluster_->url(kCopyDatabase));
  pqxx::nontransaction tx(connection);
  for (const char* table : {"receipts", "records"}) {
    tx.exec(fmt::format("CREATE TABLE {0}_{1} (LIKE {0} INCLUDING ALL)", table, suffix));
  }
}

Result<Slice> Installation::Copy(const Case& what, const SliceOptions& options) {
  const std::string suffix = fmt::format("by_{}", what.sessions);
  MakeCopyTables(suffix);
  SELFSAME_ASSIGN_OR_RETURN(std::string connection,
                            pg::ConnectionString({.url = cluster_->url(kCopyDatabase),
                                                  .application_name = "bench copy"}));
  return RunCopy({.connection_string = std::move(connection),
                  .receipts_table = "receipts_" + suffix,
                  .records_table = "records_" + suffix,
                  .sessions = what.sessions,
                  .first_number = options.first_number,
                  .run_in_seconds = options.run_in_seconds,
                  .seconds = options.seconds,
                  .watched = {.postmaster = cluster_->pid()},
                  .seed = options.seed});
}

Result<Slice> Installation::RunClient(const LoadOptions& options) {
  const std::string output = folder_.path() + "/load.json";
  const std::string errors = folder_.path() + "/load.log";
  std::remove(output.c_str());  // Of the slice before.
  const auto exit_code = test::RunProgram({.arguments = {program_, "load", ToJson(options)},
                                           .output_path = output,
                                           .error_path = errors,
                                           .environment = {"SELFSAME_API_KEY=" + api_key_}},
                                          kSliceWait);
  if (exit_code == 0) return SliceFromJson(test::ReadWholeFile(output));
  std::string why = "the client failed: " + test::ReadWholeFile(errors);
  if (!server_->IsRunning()) why += "and the server has ended:\n" + server_->Log();
  return Error{.reason = "LOAD_FAILED", .message = std::move(why)};
}

Status Installation::MeetKnownCustomers(std::uint64_t seed) {
  return ToStatus(RunClient({.address = server_->grpc_address(),
                             .shape = {.is_stream = true, .records = 100},
                             .people = People::kNumbered,
                             .records_exactly = kKnownCustomers,
                             .seed = seed}));
}

Result<Slice> Installation::Measure(const Case& what, const SliceOptions& options) {
  if (what.target == Target::kCopy) return Copy(what, options);
  const bool is_ours = what.target == Target::kSelfsame;
  return RunClient({.address = is_ours ? server_->grpc_address() : answer_address_,
                    .shape = what.shape,
                    .people = what.people,
                    .first_number = options.first_number,
                    .run_in_seconds = options.run_in_seconds,
                    .seconds = options.seconds,
                    .watched = {.server = is_ours ? server_->pid() : answer_server_->pid(),
                                .postmaster = is_ours ? cluster_->pid() : 0},
                    .seed = options.seed});
}

Stored Installation::Count() const {
  pqxx::connection connection(cluster_->url(kDatabase));
  pqxx::nontransaction tx(connection);
  Stored stored{.receipts = CountRows(tx, "receipts"),
                .records = CountRows(tx, "records"),
                .profiles = CountRows(tx, "profiles")};
  pqxx::connection copies(cluster_->url(kCopyDatabase));
  pqxx::nontransaction copies_tx(copies);
  for (const std::string& suffix : copy_suffixes_) {
    stored.copied_receipts += CountRows(copies_tx, "receipts_" + suffix);
    stored.copied_records += CountRows(copies_tx, "records_" + suffix);
  }
  return stored;
}

std::string Installation::PostgresVersion() const {
  pqxx::connection connection(cluster_->url(kDatabase));
  pqxx::nontransaction tx(connection);
  return tx.exec1("SHOW server_version")[0].c_str();
}

bool Installation::IsOnDisk() const {
  struct statfs file_system {};
  return statfs(folder_.path().c_str(), &file_system) == 0 && file_system.f_type != TMPFS_MAGIC;
}

}  // namespace selfsame::bench
