// Sources that send all day long, and what can go wrong with each of them.
#ifndef SELFSAME_TESTS_E2E_OBSERVABILITY_FEED_H_
#define SELFSAME_TESTS_E2E_OBSERVABILITY_FEED_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/clients.h"

namespace selfsame::test {

enum class Fault { kNone, kSilence, kInvalidEmails, kUnknownField, kDuplicates };

// One source: some dozens of records a second of some dozens of people until it goes. Thread-safe.
class Feed {
 public:
  // `fault` is what Break does to it.
  Feed(const std::string& server, const std::string& api_key, const std::string& source,
       Fault fault);
  ~Feed() { is_over_ = true; }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void Break() { is_broken_ = true; }

 private:
  void Run();
  std::vector<ingest::v1::Event> NextEvents();
  std::vector<ingest::v1::ProfileUpdate> LastPeople() const;
  bool Has(Fault fault) const { return is_broken_ && fault_ == fault; }

  const std::string source_;
  const Fault fault_;
  IngestClient client_;
  std::atomic<bool> is_broken_{false};
  std::atomic<bool> is_over_{false};
  int count_ = 0;
  std::jthread thread_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_OBSERVABILITY_FEED_H_
