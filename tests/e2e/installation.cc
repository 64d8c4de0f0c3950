#include "tests/e2e/installation.h"

#include "storage/tenants.h"

namespace selfsame::test {

std::string InstallationTest::AddSource(const std::string& name, int trust_priority) {
  Must(storage::CreateSource(
      database_->owner(), tenant_.name,
      {.name = name, .owner = "tests", .purpose = "testing", .trust_priority = trust_priority},
      Now()));
  const auto key = Must(
      storage::CreateApiKey(database_->owner(), tenant_.name, name, {"ingest", "read"}, Now()));
  IngestClient client(server_->grpc_address(), std::string(key.reveal()));
  const Deadline deadline = Deadline::After(kPatience);
  while (!client.GetLimits().ok()) EXPECT_FALSE(deadline.Expired());
  return std::string(key.reveal());
}

profile::v1::Profile InstallationTest::GetProfile(const profile::v1::ProfileRef& ref) {
  const auto reply = TryGetProfile(ref);
  EXPECT_TRUE(reply.ok()) << reply.status.reason << " of " << ref.ShortDebugString();
  return reply.response.profile();
}

std::vector<std::string> InstallationTest::MembersOf(const profile::v1::Profile& profile) {
  std::vector<std::string> members;
  for (const auto& identifier : profile.identifiers()) {
    members.push_back(identifier.kind() + "=" + identifier.value());
  }
  return members;
}

std::vector<profile::v1::MergeHistoryEntry> InstallationTest::HistoryOf(
    const profile::v1::ProfileRef& ref, std::uint32_t page_size) {
  profile::v1::GetMergeHistoryRequest request;
  *request.mutable_profile() = ref;
  request.set_page_size(page_size);
  std::vector<profile::v1::MergeHistoryEntry> entries;
  do {
    const auto reply = client_.GetMergeHistory(request);
    EXPECT_TRUE(reply.ok()) << reply.status.reason;
    entries.insert(entries.end(), reply.response.entries().begin(), reply.response.entries().end());
    request.set_page_token(reply.response.next_page_token());
  } while (!request.page_token().empty());
  return entries;
}

}  // namespace selfsame::test
