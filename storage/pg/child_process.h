// Starting and stopping the programs of a private PostgreSQL (cluster.h). Linux only. Not a
// general library: output goes to a file, there is no input, and a child never outlives us.
#ifndef SELFSAME_STORAGE_PG_CHILD_PROCESS_H_
#define SELFSAME_STORAGE_PG_CHILD_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace selfsame::pg {

// Who the programs run as, and to whom their folders belong. PostgreSQL refuses to run as root.
struct RunAs {
  uid_t uid = 0;
  gid_t gid = 0;
  bool drops_privileges = false;
};

// Ourselves or, when we are root, "postgres" and where that is missing "nobody".
// Errors: kFailedPrecondition CLUSTER_START_FAILED when neither is there.
Result<RunAs> ChooseRunAs();

// Whether the process, which need not be a child of ours, has ended within `wait`.
bool AwaitProcessEnd(pid_t pid, std::chrono::milliseconds wait);

struct ChildOptions {
  std::vector<std::string> arguments;  // The program's path first.
  std::string output_path;             // Standard output and error are appended to it.
  RunAs run_as;
};

// Owned by one thread. SIGINT reaches the child when the thread that started it ends, however that
// happens: start children from the main thread. A child has no terminal and no descriptors of ours.
class ChildProcess {
 public:
  // Errors: kInternal CLUSTER_START_FAILED. A program that cannot be run exits with 127.
  static Result<std::unique_ptr<ChildProcess>> Start(const ChildOptions& options);

  // Kills what still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // True once it has ended; waits at most `wait` for that.
  bool AwaitExit(std::chrono::milliseconds wait);
  // Whether it ended by itself with status 0. Requires: AwaitExit returned true.
  bool succeeded() const { return wait_status_ == 0; }
  void Signal(int signal);
  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, int pid_fd) : pid_(pid), pid_fd_(pid_fd) {}

  const pid_t pid_;
  const int pid_fd_;  // Readable once the child has ended.
  std::optional<int> wait_status_;
};

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_CHILD_PROCESS_H_
