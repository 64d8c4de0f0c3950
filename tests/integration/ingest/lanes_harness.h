// Runs records through real lanes into a test database, without gRPC: what one server does between
// its edge and COMMIT.
#ifndef SELFSAME_TESTS_INTEGRATION_INGEST_LANES_HARNESS_H_
#define SELFSAME_TESTS_INTEGRATION_INGEST_LANES_HARNESS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/ingest/lanes.h"
#include "server/ingest/prepare.h"
#include "tests/support/test_database.h"

namespace selfsame::ingest {

// A record as a test says it. Owns what PreparedRecord's views point to.
struct TestRecord {
  std::string key;
  std::int64_t at_seconds = 0;
  std::vector<std::pair<std::string, std::string>> identifiers;  // Kind, value.
  std::string traits;  // JSON of a profile update; empty: an event.
  // What the update does to fields it does not simply set.
  std::vector<std::pair<std::string, identity::ClaimOperation>> operations;
  std::string source;  // Of the tenant; empty: the one that the harness was made with.
  std::optional<std::int64_t> if_revision;
};

// One "server": lanes with their own caches and connections. Thread-safe.
class LanesHarness {
 public:
  LanesHarness(test::TestDatabase& database, const test::SeededTenant& tenant, int lanes);
  ~LanesHarness();

  // Submits one request and waits for it; outcomes in the order given, none where it failed.
  std::vector<Outcome> Send(const std::vector<TestRecord>& records);
  // Likewise; the error of a request that failed as a whole.
  Result<std::vector<Outcome>> TrySend(const std::vector<TestRecord>& records);

  // Looks at the directory again, as a server does twice a second: calls after this one know what
  // is new there. Not while another thread sends.
  void LookAtDirectory();

  observe::Metrics& metrics();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_TESTS_INTEGRATION_INGEST_LANES_HARNESS_H_
