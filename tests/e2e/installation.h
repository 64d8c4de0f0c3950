// The usual stage of a test: one tenant, one server, one client of source "web".
#ifndef SELFSAME_TESTS_E2E_INSTALLATION_H_
#define SELFSAME_TESTS_E2E_INSTALLATION_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/clients.h"
#include "tests/support/server_process.h"

namespace selfsame::test {

class InstallationTest : public testing::Test {
 protected:
  // The key of another source of the tenant, once the server knows it. Lower trust priority wins.
  std::string AddSource(const std::string& name, int trust_priority);

  // The outcome of one record; the test fails where the server does not answer.
  ingest::v1::RecordOutcome Track(const RecordBuilder<ingest::v1::Event>& event) {
    return TrackAll({event.Build()}).at(0);
  }
  Outcomes TrackAll(const std::vector<ingest::v1::Event>& events) {
    return SendUntilSettled(client_, Events(events), Deadline::After(kPatience));
  }
  using AnyUpdate = RecordBuilder<ingest::v1::ProfileUpdate>;
  ingest::v1::RecordOutcome Update(const AnyUpdate& update) { return Update(client_, update); }
  static ingest::v1::RecordOutcome Update(IngestClient& client, const AnyUpdate& update) {
    return SendUntilSettled(client, Updates({update.Build()}), Deadline::After(kPatience)).at(0);
  }

  Reply<profile::v1::GetProfileResponse> TryGetProfile(const profile::v1::ProfileRef& ref) {
    profile::v1::GetProfileRequest request;
    *request.mutable_profile() = ref;
    return client_.GetProfile(request);
  }
  // The test fails where there is none.
  profile::v1::Profile GetProfile(const profile::v1::ProfileRef& ref);
  // "kind=value" of each identifier, in the order of the reply.
  static std::vector<std::string> MembersOf(const profile::v1::Profile& profile);
  std::vector<std::string> MembersOf(const std::string& kind, const std::string& value) {
    return MembersOf(GetProfile(ByIdentifier(kind, value)));
  }
  // Whole history, in pages of `page_size`.
  std::vector<profile::v1::MergeHistoryEntry> HistoryOf(const profile::v1::ProfileRef& ref,
                                                        std::uint32_t page_size = 0);

  static constexpr std::chrono::minutes kPatience{1};

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const std::unique_ptr<ServerProcess> server_ = ServerProcess::Start(*database_);
  IngestClient client_{server_->grpc_address(), tenant_.api_key};
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_INSTALLATION_H_
