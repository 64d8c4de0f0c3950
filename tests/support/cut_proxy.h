// A proxy before PostgreSQL that loses COMMITs or their replies, as networks do (INV-2). Knows just
// enough of the wire protocol to tell a COMMIT from everything else, which it hands through.
#ifndef SELFSAME_TESTS_SUPPORT_CUT_PROXY_H_
#define SELFSAME_TESTS_SUPPORT_CUT_PROXY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_folder.h"

namespace selfsame::test {

struct CutProxyOptions {
  std::string database_url;    // Of a PostgreSQL with a unix socket.
  double cut_probability = 0;  // Of each COMMIT; the three kinds of cut are equally likely.
  std::uint64_t seed = 0;
  // Only connections of this name are ever cut.
  std::string application_name = "selfsamed lane";
  // Whether clients reach it over TCP rather than a unix socket.
  bool is_over_tcp = false;
};

// Starts with its thread; stops with it. The counters may be read by any thread.
class CutProxy {
 public:
  explicit CutProxy(const CutProxyOptions& options);
  // Cuts every connection.
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  // What clients connect to in place of database_url.
  const std::string& url() const { return url_; }

  // COMMITs that were not cut.
  std::uint64_t passed() const { return passed_; }
  // Cut before PostgreSQL saw them: rolled back.
  std::uint64_t cut_before() const { return cut_before_; }
  // Cut after PostgreSQL said they were done: committed.
  std::uint64_t cut_after() const { return cut_after_; }
  // Cut while PostgreSQL was at it, so that the client looks before the transaction has ended.
  std::uint64_t cut_during() const { return cut_during_; }
  std::uint64_t cuts() const { return cut_before_ + cut_after_ + cut_during_; }

 private:
  class Relay;

  void Listen(const std::string& path);
  // On a free port of the loopback; returns it.
  std::uint16_t ListenOverTcp();
  void Run();
  void Accept();
  // What to do with a COMMIT that a relay has just read.
  void Judge(Relay& relay);

  const CutProxyOptions options_;
  const TempFolder folder_;
  std::string url_;
  std::string upstream_path_;
  int listen_fd_ = -1;
  int stop_fd_ = -1;  // Readable once the thread shall end.

  std::atomic<std::uint64_t> passed_{0};
  std::atomic<std::uint64_t> cut_before_{0};
  std::atomic<std::uint64_t> cut_after_{0};
  std::atomic<std::uint64_t> cut_during_{0};

  // Owned by the thread.
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Relay>> relays_;

  std::thread thread_;  // Last: it uses all others.
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_CUT_PROXY_H_
