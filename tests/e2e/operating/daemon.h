// selfsamed with any settings: one that may refuse to start, or start and not serve.
#ifndef SELFSAME_TESTS_E2E_OPERATING_DAEMON_H_
#define SELFSAME_TESTS_E2E_OPERATING_DAEMON_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {

// Looks again and again until it is so; false after a minute.
bool Comes(const std::function<bool()>& condition);

// Owned by the main thread.
class Daemon {
 public:
  // `selfsamed` with these arguments and "NAME=value" settings, and free ports unless the arguments
  // name others. Nothing of the test's own settings reaches it.
  explicit Daemon(std::vector<std::string> arguments, std::vector<std::string> environment = {});

  // The exit code of one that is to fail; nothing when it still runs after `wait`.
  std::optional<int> AwaitExit(std::chrono::milliseconds wait) { return program_->AwaitExit(wait); }
  void Signal(int number) { program_->Signal(number); }
  bool IsRunning() { return program_->IsRunning(); }
  // Everything it has written.
  std::string Log() const { return ReadWholeFile(folder_.path() + "/log"); }
  bool AwaitLog(const std::string& text);

  // Waits until it listens, as its log says; false where it does not.
  bool AwaitListening();
  // Requires: AwaitListening. "host:port".
  std::string grpc() const { return FromLog("grpc="); }
  std::string metrics() const { return FromLog("metrics="); }
  // The body of an answer with status 200; of /readyz empty while it does not serve.
  std::string Get(const std::string& path) const;
  // Status and body of any answer.
  std::string GetAny(const std::string& path) const;
  bool AwaitReady();

 private:
  std::string FromLog(const std::string& name) const;

  const TempFolder folder_;
  std::unique_ptr<Program> program_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_OPERATING_DAEMON_H_
