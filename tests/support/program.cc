#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "base/check.h"
#include "base/time.h"

namespace selfsame::test {
namespace {

constexpr int kCannotRun = 127;
constexpr int kSignalled = 128;

std::string PathOf(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  const char* folder = std::getenv("SELFSAME_BIN_DIR");
  SELFSAME_CHECK(folder != nullptr);  // Set by ctest.
  return std::string(folder) + "/" + program;
}

std::string NameOf(const std::string& variable) { return variable.substr(0, variable.find('=')); }

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& ours) {
  std::vector<std::string> environment = ours;
  std::set<std::string> named;
  for (const std::string& variable : ours) named.insert(NameOf(variable));
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!named.contains(NameOf(*variable))) environment.emplace_back(*variable);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int OpenToAppend(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  SELFSAME_CHECK(fd >= 0);
  return fd;
}

// Between fork and exec: only calls that are safe when other threads held locks at the fork.
[[noreturn]] void RunChild(char** argv, char** environment, int output, int error, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setsid();  // Control-C is for us.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotRun);  // It died before it could be watched.
  const int input = open("/dev/null", O_RDONLY);
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0) _exit(kCannotRun);
  close_range(3, UINT_MAX, 0);
  execve(argv[0], argv, environment);
  _exit(kCannotRun);
}

bool AwaitReadable(int fd, const Deadline& deadline) {
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  for (;;) {
    const int ready = poll(&waiting, 1, static_cast<int>(deadline.Left().count()));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

}  // namespace

std::unique_ptr<Program> Program::Start(const ProgramOptions& options) {
  std::vector<std::string> arguments = options.arguments;
  arguments.front() = PathOf(arguments.front());
  std::vector<std::string> environment = EnvironmentWith(options.environment);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  const int output = OpenToAppend(options.output_path);
  const int error = options.error_path.empty() ? output : OpenToAppend(options.error_path);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    RunChild(const_cast<char**>(argv.data()), const_cast<char**>(envp.data()), output, error,
             parent);
  }
  SELFSAME_CHECK(pid > 0);
  close(output);
  if (error != output) close(error);
  // glibc 2.36 declares pidfd_open without C linkage, so that C++ cannot link it.
  const int pid_fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  SELFSAME_CHECK(pid_fd >= 0);
  return std::unique_ptr<Program>(new Program(pid, pid_fd));
}

Program::~Program() {
  Signal(SIGKILL);
  // A killed program ends, whatever it was doing.
  while (!AwaitExit(std::chrono::seconds(1))) continue;
  close(pid_fd_);
}

void Program::Signal(int signal) {
  if (!exit_code_) kill(pid_, signal);
}

std::optional<int> Program::AwaitExit(std::chrono::milliseconds wait) {
  if (exit_code_ || !AwaitReadable(pid_fd_, Deadline::After(wait))) return exit_code_;
  int status = 0;
  SELFSAME_CHECK(waitpid(pid_, &status, 0) == pid_);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  return exit_code_;
}

std::optional<int> RunProgram(const ProgramOptions& options, std::chrono::milliseconds wait) {
  return Program::Start(options)->AwaitExit(wait);
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace selfsame::test
