#include "cli/demo/local_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/client.h"

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;

constexpr std::uint16_t kGrpcPort = 7430;
constexpr std::uint16_t kMetricsPort = 9464;
constexpr milliseconds kPollWait{50};
constexpr std::chrono::seconds kHealthWait{1};
constexpr std::chrono::seconds kStopWait{120};

// The usual address or, where its port is taken, one with any free port.
std::string FreeAddress(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;  // A connection of an earlier server that still lingers does not count.
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
                    ::listen(fd, 1) == 0;
  ::close(fd);
  return fmt::format("127.0.0.1:{}", free ? port : 0);
}

Result<std::string> ServerProgram() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto program = self.parent_path() / "selfsamed";
  if (failed || !std::filesystem::exists(program, failed)) {
    return Error{ErrorCode::kFailedPrecondition, "SERVER_PROGRAM_MISSING",
                 fmt::format("there is no {}", program.string())};
  }
  return program.string();
}

// The folder as an absolute path; the server runs elsewhere.
Result<std::string> MakeFolder(const std::string& data_dir) {
  std::error_code failed;
  const auto path = std::filesystem::absolute(data_dir, failed).lexically_normal();
  if (!failed) std::filesystem::create_directories(path, failed);
  if (failed) {
    return Error{ErrorCode::kFailedPrecondition, "FILE_UNWRITABLE",
                 fmt::format("cannot make the folder {}: {}", data_dir, failed.message())};
  }
  return path.string();
}

}  // namespace

Result<std::unique_ptr<LocalServer>> LocalServer::Start(const std::string& data_dir,
                                                        Deadline deadline, StopSignals& signals,
                                                        const Output& output) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string program, ServerProgram());
  SELFSAME_ASSIGN_OR_RETURN(std::string folder, MakeFolder(data_dir));
  if (const auto running = ReadEndpoint(folder); running.ok()) {
    return Error{ErrorCode::kFailedPrecondition, "SERVER_RUNS_ALREADY",
                 fmt::format("a server runs in {} already (process {}); stop it or choose another "
                             "--data-dir",
                             data_dir, running->pid)};
  }
  // It is to run on a database of its own, whatever this shell works with otherwise.
  ::unsetenv("SELFSAME_DATABASE_URL");
  ::unsetenv("SELFSAME_MASTER_KEY_FILE");
  output.Note(fmt::format("starting a server in {} ...", data_dir));
  const auto start = std::chrono::steady_clock::now();
  SELFSAME_ASSIGN_OR_RETURN(
      auto child, pg::ChildProcess::Start({.arguments = {program, "--data-dir", folder, "--listen",
                                                         FreeAddress(kGrpcPort), "--metrics-listen",
                                                         FreeAddress(kMetricsPort)},
                                           .output_path = folder + "/selfsamed.log",
                                           .run_as = {.uid = ::geteuid(), .gid = ::getegid()}}));
  std::unique_ptr<LocalServer> server(new LocalServer(std::move(folder), std::move(child)));
  const Status serving = server->AwaitServing(deadline, signals);
  if (!serving.ok()) {
    (void)server->Stop();  // Why it does not serve is what matters.
    return serving.error();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  output.Note(fmt::format("serving on {} after {:.1f} s; its log is {}/selfsamed.log",
                          server->endpoint().grpc, took.count(), data_dir));
  return server;
}

Status LocalServer::AwaitServing(Deadline deadline, StopSignals& signals) {
  while (!IsServing()) {
    if (Ended() || deadline.Expired()) {
      return Error{ErrorCode::kUnavailable, "SERVER_NOT_STARTED",
                   fmt::format("the server did not start; {} says why", log_path())};
    }
    if (signals.Await(kPollWait)) {
      return Error{ErrorCode::kAborted, "INTERRUPTED", "the demonstration was interrupted"};
    }
  }
  return {};
}

bool LocalServer::IsServing() {
  auto endpoint = ReadEndpoint(data_dir_);
  if (!endpoint.ok() || endpoint->pid != child_->pid()) return false;
  endpoint_ = *std::move(endpoint);
  const auto health = Client(endpoint_.grpc, "").CheckHealth(Deadline::After(kHealthWait));
  return health.ok() && health->is_serving;
}

bool LocalServer::Ended() { return child_->AwaitExit(milliseconds(0)); }

Status LocalServer::Stop() {
  child_->Signal(SIGTERM);
  if (child_->AwaitExit(kStopWait) && child_->succeeded()) return {};
  return Error{ErrorCode::kInternal, "SERVER_NOT_STOPPED",
               fmt::format("the server did not end well; {} says why", log_path())};
}

}  // namespace selfsame::cli
