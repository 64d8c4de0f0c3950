#include "storage/pg/cluster.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "storage/pg/connect.h"
#include "storage/pg/errors.h"

namespace selfsame::pg {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInstalled = "/usr/lib/postgresql";
constexpr std::string_view kSocketName = "/.s.PGSQL.5432";
constexpr std::size_t kSocketPathMax = 107;
constexpr std::chrono::milliseconds kPingEvery{20};
constexpr std::chrono::milliseconds kLookForStopEvery{50};
// PostgreSQL cannot go on with less: a new segment of its log takes as much.
constexpr std::uintmax_t kSegmentBytes = 16 << 20;
constexpr std::uintmax_t kLogTailBytes = 64 << 10;
constexpr std::chrono::seconds kFastWait{30};
constexpr std::chrono::seconds kImmediateWait{10};

// log_min_messages: in PostgreSQL's order for the server's log, "log" leaves errors of statements
// out, whose text may quote values; they reach us as SQLSTATEs instead.
constexpr const char* kSettings = R"(# Written at every start. ALTER SYSTEM goes over it.
include 'postgresql.conf'
listen_addresses = ''
port = 5432
unix_socket_directories = '{}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
)";
constexpr const char* kDiscardableSettings = R"(fsync = off
synchronous_commit = off
full_page_writes = off
)";

Error StartFailed(std::string_view what) {
  return {
      .code = ErrorCode::kInternal, .reason = "CLUSTER_START_FAILED", .message = std::string(what)};
}

bool IsStopped(const ClusterOptions& options) {
  return options.stop != nullptr && options.stop->IsSet();
}

Error StartStopped() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "CLUSTER_START_STOPPED",
          .message = "the start of postgresql was given up because this program is to stop"};
}

Error DiskFull(const std::string& folder, const std::string& log) {
  return {
      .code = ErrorCode::kUnavailable,
      .reason = "DATABASE_DISK_FULL",
      .message = fmt::format("disk full: postgresql needs space in {}; its log is {}", folder, log),
      .retry_after = std::chrono::seconds(1)};
}

// Of the disk that a folder is on, or its nearest parent that exists.
bool HasSpace(fs::path folder) {
  std::error_code failed;
  while (!fs::exists(folder, failed) && folder.has_relative_path()) folder = folder.parent_path();
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0) return true;  // Not known.
  return std::uintmax_t{disk.f_bavail} * disk.f_frsize >= kSegmentBytes;
}

// Whether the log tells of a full disk past a position. On a full disk it may not have been
// written.
bool LogTellsOfFullDisk(const std::string& path, std::uintmax_t begin) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);
  if (failed || size <= begin) return false;
  std::ifstream file(path);
  file.seekg(static_cast<std::streamoff>(std::max(begin, size - std::min(size, kLogTailBytes))));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return text.find("No space left on device") != std::string::npos;
}

bool HasPrograms(const fs::path& bin) {
  std::error_code ignored;
  return fs::exists(bin / "postgres", ignored) && fs::exists(bin / "initdb", ignored);
}

// The folder of the highest version number that has both programs; empty: none.
std::string NewestInstalled() {
  std::string newest;
  int newest_version = 0;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(kInstalled, failed)) {
    const std::string name = entry.path().filename();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (version <= newest_version || !HasPrograms(entry.path() / "bin")) continue;
    newest = entry.path() / "bin";
    newest_version = version;
  }
  return newest;
}

Result<std::string> FindPrograms() {
  const char* chosen = std::getenv("SELFSAME_PG_BIN");
  const std::string bin = chosen != nullptr ? chosen : NewestInstalled();
  if (!bin.empty() && HasPrograms(bin)) return bin;
  return Error{
      .code = ErrorCode::kFailedPrecondition,
      .reason = "CLUSTER_NOT_FOUND",
      .message = fmt::format("no postgres and initdb in {}",
                             chosen != nullptr ? bin : std::string(kInstalled) + "/*/bin")};
}

// Makes the folder where absent, private to those PostgreSQL runs as.
Status MakePrivateFolder(const std::string& path, const RunAs& owner) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed || chmod(path.c_str(), 0700) != 0 ||
      (owner.drops_privileges && chown(path.c_str(), owner.uid, owner.gid) != 0)) {
    return StartFailed("cannot make folder " + path);
  }
  return {};
}

// The postmaster that still runs on a data folder, if any. PostgreSQL leaves the file behind when
// it is killed, and the number may since belong to another program.
std::optional<pid_t> EarlierServer(const std::string& data_dir) {
  pid_t pid = 0;
  std::ifstream(data_dir + "/postmaster.pid") >> pid;
  if (pid <= 0) return std::nullopt;
  std::string program;
  std::ifstream(fmt::format("/proc/{}/comm", pid)) >> program;
  if (program != "postgres") return std::nullopt;
  return pid;
}

// An earlier server of ours that was killed has told its PostgreSQL to shut down: wait for that.
Status AwaitEarlierServer(const ClusterOptions& options, const Deadline& deadline) {
  const auto pid = EarlierServer(options.data_dir);
  if (!pid) return {};
  while (!AwaitProcessEnd(*pid, kLookForStopEvery)) {
    if (IsStopped(options)) return StartStopped();
    if (!deadline.Expired()) continue;
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "CLUSTER_BUSY",
                 .message = fmt::format("postgres {} still runs on {}", *pid, options.data_dir)};
  }
  return {};
}

bool FitsSocket(std::string_view folder) {
  return folder.size() + kSocketName.size() <= kSocketPathMax &&
         folder.find_first_of("'\",") == std::string_view::npos;
}

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) || c == '-' || c == '_' || c == '.';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

}  // namespace

Cluster::Cluster(ClusterOptions options, RunAs run_as, std::string bin_dir)
    : options_(std::move(options)), run_as_(run_as), bin_dir_(std::move(bin_dir)) {}

Cluster::~Cluster() {
  Stop();
  std::error_code ignored;
  if (!made_socket_dir_.empty()) fs::remove_all(made_socket_dir_, ignored);
}

Result<std::unique_ptr<Cluster>> Cluster::Start(ClusterOptions options) {
  const Deadline deadline = Deadline::After(options.start_wait);
  std::error_code failed;
  options.data_dir = fs::absolute(options.data_dir, failed).lexically_normal();
  if (failed) return StartFailed("cannot find the current folder");
  SELFSAME_ASSIGN_OR_RETURN(std::string bin_dir, FindPrograms());
  SELFSAME_ASSIGN_OR_RETURN(const RunAs run_as, ChooseRunAs());
  SELFSAME_RETURN_IF_ERROR(AwaitEarlierServer(options, deadline));
  std::unique_ptr<Cluster> cluster(new Cluster(std::move(options), run_as, std::move(bin_dir)));
  SELFSAME_RETURN_IF_ERROR(cluster->Initialize(deadline));
  SELFSAME_RETURN_IF_ERROR(cluster->ChooseSocketDir());
  SELFSAME_RETURN_IF_ERROR(cluster->WriteSettings());
  SELFSAME_RETURN_IF_ERROR(cluster->Launch(deadline));
  return cluster;
}

Status Cluster::Initialize(const Deadline& deadline) {
  std::error_code failed;
  if (fs::exists(options_.data_dir, failed) && !fs::is_empty(options_.data_dir, failed)) return {};
  const std::string fresh = options_.data_dir + ".new";
  const std::string log = options_.data_dir + ".initdb.log";
  fs::remove_all(fresh, failed);  // Left by an initdb that was killed.
  SELFSAME_RETURN_IF_ERROR(MakePrivateFolder(fresh, run_as_));
  ChildOptions child{.arguments = {bin_dir_ + "/initdb", "-D", fresh, "-U", "postgres", "-E",
                                   "UTF8", "--no-locale", "--auth=trust"},
                     .output_path = log,
                     .run_as = run_as_};
  if (options_.durability == Durability::kDiscardable) child.arguments.push_back("--no-sync");
  SELFSAME_ASSIGN_OR_RETURN(const auto initdb, ChildProcess::Start(child));
  while (!initdb->AwaitExit(kLookForStopEvery) && !deadline.Expired()) {
    if (IsStopped(options_)) return StartStopped();
  }
  if (!initdb->AwaitExit(std::chrono::milliseconds(0)) || !initdb->succeeded()) {
    if (!HasSpace(options_.data_dir) || LogTellsOfFullDisk(log, 0)) return DiskFull(fresh, log);
    return StartFailed("initdb did not succeed, see " + log);
  }
  fs::rename(fresh, options_.data_dir, failed);
  if (failed) return StartFailed("cannot rename " + fresh);
  fs::remove(log, failed);
  return {};
}

Status Cluster::ChooseSocketDir() {
  if (options_.socket_dir.empty()) options_.socket_dir = options_.data_dir;
  std::error_code failed;
  options_.socket_dir = fs::absolute(options_.socket_dir, failed).lexically_normal();
  if (!FitsSocket(options_.socket_dir)) {
    char made[] = "/tmp/selfsame-XXXXXX";
    if (mkdtemp(made) == nullptr) return StartFailed("cannot make a folder under /tmp");
    options_.socket_dir = made_socket_dir_ = made;
  }
  return MakePrivateFolder(options_.socket_dir, run_as_);
}

Status Cluster::WriteSettings() const {
  const std::string path = options_.data_dir + "/selfsame.conf";
  std::ofstream file(path, std::ios::trunc);
  file << fmt::format(kSettings, options_.socket_dir);
  if (options_.durability == Durability::kDiscardable) file << kDiscardableSettings;
  // Ours may be a strict umask; the folder is private as it is.
  if (!file.flush() || chmod(path.c_str(), 0644) != 0) return Failure("cannot write " + path);
  return {};
}

Error Cluster::Failure(std::string_view what) const {
  if (!HasSpace(options_.data_dir) || LogTellsOfFullDisk(log_path(), log_begins_)) {
    return DiskFull(options_.data_dir, log_path());
  }
  return StartFailed(fmt::format("{}, its log is {}", what, log_path()));
}

Status Cluster::Launch(const Deadline& deadline) {
  std::error_code absent;
  log_begins_ = fs::file_size(log_path(), absent);
  if (absent) log_begins_ = 0;
  SELFSAME_ASSIGN_OR_RETURN(
      server_,
      ChildProcess::Start({.arguments = {bin_dir_ + "/postgres", "-D", options_.data_dir, "-c",
                                         "config_file=" + options_.data_dir + "/selfsame.conf"},
                           .output_path = log_path(),
                           .run_as = run_as_}));
  const std::string conninfo = url("postgres");
  while (PQping(conninfo.c_str()) != PQPING_OK) {
    if (server_->AwaitExit(kPingEvery)) return Failure("postgres ended");
    if (IsStopped(options_)) return StartStopped();
    if (deadline.Expired()) return Failure("postgres does not answer");
  }
  return {};
}

Status Cluster::Restart() {
  const Deadline deadline = Deadline::After(options_.start_wait);
  // Its sessions end a moment after a killed one, and keep the next from starting until then.
  return Launch(deadline);
}

void Cluster::Stop() {
  if (!server_) return;
  server_->Signal(SIGINT);
  if (server_->AwaitExit(kFastWait)) return;
  server_->Signal(SIGQUIT);
  server_->AwaitExit(kImmediateWait);
}

std::string Cluster::url(std::string_view database) const {
  return fmt::format("postgresql://postgres@/{}?host={}&port=5432", PercentEncoded(database),
                     PercentEncoded(options_.socket_dir));
}

Status Cluster::EnsureDatabase(const std::string& database) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ConnectionString({.url = url("postgres")}));
  SELFSAME_ASSIGN_OR_RETURN(const PgHandle connection,
                            OpenConnection(text, std::chrono::seconds(5)));
  // A name cannot be a parameter.
  char* quoted = PQescapeIdentifier(connection.get(), database.data(), database.size());
  if (quoted == nullptr) return TranslateSqlState("42602", "CreateDatabase");
  const std::string sql = fmt::format("CREATE DATABASE {}", quoted);
  PQfreemem(quoted);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             &PQclear);
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return {};
  const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  const std::string_view state = sqlstate == nullptr ? "" : sqlstate;
  if (state == "42P04") return {};  // It exists.
  return TranslateSqlState(state, "CreateDatabase");
}

}  // namespace selfsame::pg
