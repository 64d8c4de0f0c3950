#include "storage/pg/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

#include "base/time.h"

namespace selfsame::pg {
namespace {

constexpr int kCannotRun = 127;

Error StartFailed(std::string_view attempted) {
  return {.code = ErrorCode::kInternal,
          .reason = "CLUSTER_START_FAILED",
          .message = fmt::format("{}: {}", attempted, std::strerror(errno))};
}

// glibc 2.36 declares pidfd_open without C linkage, so that C++ cannot link it.
int OpenProcess(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

// Whether the descriptor became readable before the deadline.
bool AwaitReadable(int fd, const Deadline& deadline) {
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  for (;;) {
    const int ready = poll(&waiting, 1, static_cast<int>(deadline.Left().count()));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

std::optional<RunAs> UserNamed(const char* name) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return RunAs{.uid = entry.pw_uid, .gid = entry.pw_gid, .drops_privileges = true};
}

bool BecomeUser(const RunAs& user) {
  if (!user.drops_privileges) return true;
  return setgroups(0, nullptr) == 0 && setgid(user.gid) == 0 && setuid(user.uid) == 0;
}

// Between fork and exec: only calls that are safe when other threads held locks at the fork.
[[noreturn]] void RunChild(char* const argv[], int output, const RunAs& user, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setsid();  // Control-C is for us: we drain first and stop the child afterwards.
  if (!BecomeUser(user)) _exit(kCannotRun);
  // After the change of user, which clears it.
  prctl(PR_SET_PDEATHSIG, SIGINT);
  if (getppid() != parent) _exit(kCannotRun);  // It died before it could be watched.
  if (chdir("/") != 0) _exit(kCannotRun);
  const int input = open("/dev/null", O_RDONLY);
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(kCannotRun);
  close_range(3, UINT_MAX, 0);
  execv(argv[0], argv);
  _exit(kCannotRun);
}

}  // namespace

Result<RunAs> ChooseRunAs() {
  if (geteuid() != 0) return RunAs{.uid = geteuid(), .gid = getegid()};
  for (const char* name : {"postgres", "nobody"}) {
    if (const auto user = UserNamed(name)) return *user;
  }
  return Error{
      .code = ErrorCode::kFailedPrecondition,
      .reason = "CLUSTER_START_FAILED",
      .message = "postgresql does not run as root and there is no user postgres or nobody"};
}

bool AwaitProcessEnd(pid_t pid, std::chrono::milliseconds wait) {
  const int process = OpenProcess(pid);
  if (process < 0) return errno == ESRCH;
  const bool ended = AwaitReadable(process, Deadline::After(wait));
  close(process);
  return ended;
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const ChildOptions& options) {
  std::vector<std::string> arguments = options.arguments;
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int output =
      open(options.output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return StartFailed("open " + options.output_path);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) RunChild(argv.data(), output, options.run_as, parent);
  close(output);
  if (pid < 0) return StartFailed("fork");
  std::unique_ptr<ChildProcess> child(new ChildProcess(pid, OpenProcess(pid)));
  if (child->pid_fd_ < 0) return StartFailed("pidfd_open");
  return child;
}

ChildProcess::~ChildProcess() {
  if (!wait_status_) {
    Signal(SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  }
  if (pid_fd_ >= 0) close(pid_fd_);
}

bool ChildProcess::AwaitExit(std::chrono::milliseconds wait) {
  if (wait_status_) return true;
  if (!AwaitReadable(pid_fd_, Deadline::After(wait))) return false;
  int status = 0;
  wait_status_ = waitpid(pid_, &status, 0) == pid_ ? status : -1;
  return true;
}

void ChildProcess::Signal(int signal) {
  if (!wait_status_) kill(pid_, signal);
}

}  // namespace selfsame::pg
