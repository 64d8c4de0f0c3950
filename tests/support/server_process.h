// The real server, selfsamed, as a child process: started, watched, killed, started again.
#ifndef SELFSAME_TESTS_SUPPORT_SERVER_PROCESS_H_
#define SELFSAME_TESTS_SUPPORT_SERVER_PROCESS_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/master_key.h"
#include "tests/support/program.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::test {

// As storage::MasterKey reads it: 64 hex digits, for the owner's eyes only.
void WriteMasterKey(const std::string& path, const storage::MasterKey& key);

struct ServerOptions {
  std::string database_url;                        // Empty: a private PostgreSQL of its own.
  const storage::MasterKey* master_key = nullptr;  // Null: the server makes one.
  std::string config_toml;                         // Given with --config when not empty.
  std::vector<std::string> flags;                  // More flags, such as {"--lanes", "4"}.
};

// Owned by one thread, which must outlive it: the server is killed with the thread that started it.
// Steps that a test needs but does not test (starting, above all) end the test process when they
// fail, with the server's log on stderr.
class ServerProcess {
 public:
  // Returns once the server listens and its health says SERVING.
  static std::unique_ptr<ServerProcess> Start(const ServerOptions& options);
  // On a test's database, with its master key.
  static std::unique_ptr<ServerProcess> Start(const TestDatabase& database,
                                              std::vector<std::string> flags = {});

  // Kills it.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t pid() const { return program_->pid(); }
  bool IsRunning() { return program_->IsRunning(); }
  const std::string& grpc_address() const { return grpc_address_; }
  const std::string& metrics_address() const { return metrics_address_; }
  const std::string& database_url() const { return database_url_; }
  const std::string& master_key_file() const { return master_key_file_; }

  // Ends it at once, as a crash does, and waits until it is gone.
  void Kill9();
  // Only sends the signal: the server drains meanwhile.
  void BeginTerminate();
  // The exit code, or nothing when it still runs after `wait`.
  std::optional<int> AwaitExit(std::chrono::milliseconds wait) { return program_->AwaitExit(wait); }
  // Both of the above.
  std::optional<int> Terminate(std::chrono::milliseconds wait);
  // Starts it again at the same gRPC address, on the same folder and database. Requires: it ended.
  void Restart();

  // The text of GET /metrics; empty when nobody answers.
  std::string Metrics() const;
  // The sample of a series, written as /metrics does: name{label="value"}. Missing counts as 0.
  double Metric(std::string_view series) const;

  // What it wrote to standard error so far, all lives together.
  std::string Log() const { return ReadWholeFile(folder_.path() + "/server.log"); }

 private:
  explicit ServerProcess(const ServerOptions& options);
  void Launch();
  void AwaitEndpoint();
  [[noreturn]] void Abort(std::string_view why) const;

  const TempFolder folder_;
  std::vector<std::string> arguments_;
  std::unique_ptr<Program> program_;
  std::string listen_ = "127.0.0.1:0";
  std::string grpc_address_;
  std::string metrics_address_;
  std::string database_url_;
  std::string master_key_file_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_SERVER_PROCESS_H_
