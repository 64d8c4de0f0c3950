// The stage of tests about who is who: events that show identifiers together, and decisions.
#ifndef SELFSAME_TESTS_E2E_DECIDING_H_
#define SELFSAME_TESTS_E2E_DECIDING_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/installation.h"

namespace selfsame::test {

inline TimeUs At(int second) { return kSomeTime + std::chrono::seconds(second); }

inline ingest::v1::Identifier Named(const std::string& kind, const std::string& value) {
  ingest::v1::Identifier identifier;
  identifier.set_kind(kind);
  identifier.set_value(value);
  return identifier;
}

// A request that Ann decides, because somebody said so.
template <typename Request>
Request Decided() {
  Request request;
  request.mutable_decision()->set_actor("ann");
  request.mutable_decision()->set_reason("said so");
  return request;
}

class DecidingTest : public InstallationTest {
 protected:
  // An event at a second of kSomeTime's; the profile it went to.
  std::string Seen(int second,
                   const std::vector<std::pair<std::string, std::string>>& identifiers) {
    EventBuilder event("k" + std::to_string(++keys_));
    event.At(At(second));
    for (const auto& [kind, value] : identifiers) event.With(kind, value);
    const auto outcome = Track(event);
    EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED) << outcome.DebugString();
    return outcome.profile_id();
  }

  static identity::v1::MergeProfilesRequest MergeOf(const profile::v1::ProfileRef& one,
                                                    const profile::v1::ProfileRef& other) {
    auto request = Decided<identity::v1::MergeProfilesRequest>();
    *request.mutable_profile() = one;
    *request.mutable_other() = other;
    return request;
  }

  static identity::v1::PinRequest PinOf(const ingest::v1::Identifier& identifier,
                                        const profile::v1::ProfileRef& profile) {
    auto request = Decided<identity::v1::PinRequest>();
    *request.mutable_identifier() = identifier;
    *request.mutable_profile() = profile;
    return request;
  }

  // Makes very many customers share an identifier, as if each had been seen with it once, by
  // evidence that arrives now, of some days from now. Writes past the server: the rows of profiles
  // are missing.
  void Flood(const std::string& profile_id, int customers, int days);

 private:
  int keys_ = 0;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_DECIDING_H_
