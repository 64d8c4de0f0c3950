// The whole server within the test's own process, on a database of the test's.
#ifndef SELFSAME_TESTS_INTEGRATION_EDGE_IN_PROCESS_H_
#define SELFSAME_TESTS_INTEGRATION_EDGE_IN_PROCESS_H_

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/time.h"
#include "server/app.h"
#include "tests/support/ingest_client.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::test {

inline constexpr std::chrono::seconds kPatience{60};

// Throws once at the entry it is set to.
class Thrower {
 public:
  void Arm(observe::Entry entry) { armed_ = static_cast<int>(entry); }
  bool IsArmed() const { return armed_ >= 0; }
  void operator()(observe::Entry entry) {
    int expected = static_cast<int>(entry);
    if (armed_.compare_exchange_strong(expected, -1)) throw std::runtime_error("a secret text");
  }

 private:
  std::atomic<int> armed_{-1};
};

class InProcessTest : public testing::Test {
 protected:
  InProcessTest() {
    server::Config config;
    config.data_dir = folder_.path();
    config.database_url = database_->url();
    config.master_key_file = folder_.path() + "/key";
    config.listen = "127.0.0.1:0";
    config.metrics_listen = "127.0.0.1:0";
    config.allow_fsync_off = true;  // The test database's is off, for speed.
    config.directory_refresh = std::chrono::milliseconds(50);
    WriteKey(config.master_key_file);
    app_ = Must(server::App::Start(
        config, log_, [] {}, [this](observe::Entry entry) { thrower_(entry); }));
    const auto endpoint = nlohmann::json::parse(std::ifstream(folder_.path() + "/endpoint.json"));
    metrics_address_ = endpoint["metrics"];
    grpc_address_ = endpoint["grpc"];
    client_ = std::make_unique<IngestClient>(grpc_address_, tenant_.api_key);
    const Deadline deadline = Deadline::After(kPatience);
    while (!client_->GetLimits().ok() && !deadline.Expired()) std::this_thread::yield();
  }

  void WriteKey(const std::string& path) {
    {
      std::ofstream file(path);
      for (const char c : database_->master_key().reveal()) {
        file << fmt::format("{:02x}", static_cast<unsigned char>(c));
      }
    }
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const TempFolder folder_;
  const observe::Logger log_{{.level = observe::LogLevel::kError}};
  Thrower thrower_;
  std::unique_ptr<server::App> app_;
  std::string grpc_address_;
  std::string metrics_address_;
  std::unique_ptr<IngestClient> client_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_INTEGRATION_EDGE_IN_PROCESS_H_
