// A server of our own on this machine: the sibling program selfsamed with its private PostgreSQL,
// started for the demonstration and stopped with it.
#ifndef SELFSAME_CLI_DEMO_LOCAL_SERVER_H_
#define SELFSAME_CLI_DEMO_LOCAL_SERVER_H_

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/output.h"
#include "cli/settings.h"
#include "cli/signals.h"
#include "storage/pg/child_process.h"

namespace selfsame::cli {

// Owned by the main thread: the child is told to stop when the thread that started it ends.
class LocalServer {
 public:
  // Starts selfsamed, found beside this program, on a folder (made where absent) and waits until it
  // serves, saying so. It takes its usual ports, or free ones where those are taken.
  // Errors: kFailedPrecondition SERVER_RUNS_ALREADY, SERVER_PROGRAM_MISSING; kUnavailable
  // SERVER_NOT_STARTED, with the log to read; kAborted INTERRUPTED.
  static Result<std::unique_ptr<LocalServer>> Start(const std::string& data_dir, Deadline deadline,
                                                    StopSignals& signals, const Output& output);

  const Endpoint& endpoint() const { return endpoint_; }
  const std::string& data_dir() const { return data_dir_; }

  // True when the server has ended by itself.
  bool Ended();

  // Asks it to stop and waits until it has. Errors: kInternal SERVER_NOT_STOPPED when it did not
  // end well within two minutes. Idempotent.
  Status Stop();

 private:
  LocalServer(std::string data_dir, std::unique_ptr<pg::ChildProcess> child)
      : data_dir_(std::move(data_dir)), child_(std::move(child)) {}

  std::string log_path() const { return data_dir_ + "/selfsamed.log"; }
  Status AwaitServing(Deadline deadline, StopSignals& signals);
  // True once it serves; sets endpoint_.
  bool IsServing();

  const std::string data_dir_;  // Absolute.
  const std::unique_ptr<pg::ChildProcess> child_;
  Endpoint endpoint_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DEMO_LOCAL_SERVER_H_
