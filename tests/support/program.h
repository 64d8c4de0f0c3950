// Running a program of ours, or its killing, as a test does it. Linux only.
#ifndef SELFSAME_TESTS_SUPPORT_PROGRAM_H_
#define SELFSAME_TESTS_SUPPORT_PROGRAM_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace selfsame::test {

struct ProgramOptions {
  std::vector<std::string> arguments;    // A program of $SELFSAME_BIN_DIR, or a path, first.
  std::string output_path;               // Standard output is appended to it.
  std::string error_path;                // Standard error; empty: goes where the output goes.
  std::vector<std::string> environment;  // "NAME=value", over our own.
};

// Owned by one thread. The program is killed with the thread that started it, however that ends:
// start it from a thread that lives as long as it should.
class Program {
 public:
  // Ends the process where the program cannot even be forked; one that cannot be run exits with
  // 127.
  static std::unique_ptr<Program> Start(const ProgramOptions& options);

  // Kills what still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  // Does nothing to a program that has ended.
  void Signal(int signal);
  // The exit code, or 128 and the signal that ended it, as shells count; nothing when it still runs
  // after `wait`. May be asked again.
  std::optional<int> AwaitExit(std::chrono::milliseconds wait);
  bool IsRunning() { return !AwaitExit(std::chrono::milliseconds(0)); }

 private:
  Program(pid_t pid, int pid_fd) : pid_(pid), pid_fd_(pid_fd) {}

  const pid_t pid_;
  const int pid_fd_;  // Readable once the program has ended.
  std::optional<int> exit_code_;
};

// Runs a program to its end and returns its exit code; nothing when it had to be killed after
// `wait`.
std::optional<int> RunProgram(const ProgramOptions& options, std::chrono::milliseconds wait);

// The whole of a file; empty when there is none.
std::string ReadWholeFile(const std::string& path);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_PROGRAM_H_
