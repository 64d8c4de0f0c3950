// Records that protobuf cannot write as JSON are quarantined by every way in, and calls that are no
// requests are answered.
#include <gmock/gmock.h>
#include <grpcpp/impl/client_unary_call.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "selfsame/quarantine/v1/quarantine.pb.h"
#include "selfsame/schema/v1/schema.pb.h"
#include "server/schema/descriptors.h"
#include "shop/v1/shop.pb.h"
#include "tests/integration/edge/in_process.h"
#include "tests/support/records.h"
#include "tests/support/rpc_channel.h"

namespace selfsame {
namespace {

using ingest::v1::OUTCOME_ACCEPTED;
using ingest::v1::OUTCOME_QUARANTINED;
using test::kPatience;
using test::UpdateBuilder;
using test::Updates;

const std::string kNoKind("\x0a\x00", 2);  // A google.protobuf.Value that is not set.

ingest::v1::ProfileUpdate Update(std::string_view key, const std::string& payload) {
  return UpdateBuilder(key)
      .With("email", "a@b.test")
      .Schema("shop.v1.Anything")
      .Protobuf(payload)
      .Build();
}

std::string Good() {
  shop::v1::Anything anything;
  anything.mutable_value()->set_bool_value(true);
  return anything.SerializeAsString();
}

class UnprintableTest : public test::InProcessTest {
 protected:
  grpc::Status CallBytes(const std::string& method, const std::string& request,
                         grpc::ByteBuffer* response) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + tenant_.api_key);
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    return grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
        channel_.get(),
        grpc::internal::RpcMethod(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC), &context,
        test::ToByteBuffer(request), response);
  }

  template <typename Response, typename Request>
  Response Call(const std::string& method, const Request& request) {
    grpc::ByteBuffer bytes;
    const grpc::Status status = CallBytes(method, request.SerializeAsString(), &bytes);
    EXPECT_TRUE(status.ok()) << method << ": " << status.error_message();
    Response response;
    if (!status.ok()) return response;
    EXPECT_TRUE(response.ParseFromString(test::ToString(bytes)));
    return response;
  }

  void Register() {
    schema::v1::RegisterSchemaRequest request;
    ASSERT_TRUE(request.mutable_descriptor_set()->ParseFromString(
        schema::MinimalDescriptorSet(*shop::v1::Anything::descriptor())));
    request.set_message("shop.v1.Anything");
    Call<schema::v1::RegisterSchemaResponse>("/selfsame.schema.v1.SchemaService/RegisterSchema",
                                             request);
    const Deadline deadline = Deadline::After(kPatience);
    for (int i = 0; !deadline.Expired(); ++i) {
      const auto reply = client_->Update(Updates({Update(fmt::format("probe-{}", i), Good())}));
      if (reply.ok() && reply.response.outcomes(0).outcome() == OUTCOME_ACCEPTED) return;
    }
    FAIL() << "the schema is not known";
  }

  std::shared_ptr<grpc::Channel> channel_ = test::OpenChannel(grpc_address_);
};

TEST_F(UnprintableTest, NeighboursOfAValueWithoutAKindAreAccepted) {
  Register();
  const auto reply =
      client_->Update(Updates({Update("a", Good()), Update("b", kNoKind), Update("c", Good())}));
  ASSERT_TRUE(reply.ok()) << reply.status.message;
  EXPECT_EQ(reply.response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(reply.response.outcomes(2).outcome(), OUTCOME_ACCEPTED);
  const auto& bad = reply.response.outcomes(1);
  EXPECT_EQ(bad.outcome(), OUTCOME_QUARANTINED);
  EXPECT_EQ(bad.reason(), "VALUE_WITHOUT_KIND");
  ASSERT_EQ(bad.violations_size(), 1);
  EXPECT_EQ(bad.violations(0).field(), "payload.value");

  const auto stream = client_->OpenStream();
  for (std::uint64_t i = 1; i <= 2; ++i) {
    ingest::v1::StreamRequest request;
    request.set_sequence(i);
    *request.add_records()->mutable_profile_update() =
        Update(fmt::format("s{}", i), i == 1 ? kNoKind : Good());
    ASSERT_TRUE(stream->Write(request));
    const auto response = stream->Read();
    ASSERT_TRUE(response && response->outcomes_size() == 1);
    EXPECT_EQ(response->outcomes(0).outcome(), i == 1 ? OUTCOME_QUARANTINED : OUTCOME_ACCEPTED);
  }
}

// Quarantined before anybody looked at its payload: its schema was not known yet.
TEST_F(UnprintableTest, AValueWithoutAKindCanBeReplayedAndPatched) {
  const auto early = client_->Update(Updates({Update("early", kNoKind)}));
  ASSERT_TRUE(early.ok());
  ASSERT_EQ(early.response.outcomes(0).reason(), "SCHEMA_UNKNOWN");
  const std::string id = early.response.outcomes(0).record_id();
  Register();
  for (const bool is_dry : {true, false}) {
    quarantine::v1::ReplayRequest replay;
    replay.mutable_selector()->add_quarantine_ids(id);
    replay.set_dry_run(is_dry);
    const auto replayed = Call<quarantine::v1::ReplayResponse>(
        "/selfsame.quarantine.v1.QuarantineService/Replay", replay);
    EXPECT_EQ(replayed.quarantined(), 1u);
    EXPECT_EQ(replayed.reasons().at("VALUE_WITHOUT_KIND"), 1u);
  }
  quarantine::v1::PatchRequest patch;
  patch.set_quarantine_id(id);
  *patch.mutable_profile_update() = Update("early", kNoKind);
  patch.set_comment("no better");
  const auto patched =
      Call<quarantine::v1::PatchResponse>("/selfsame.quarantine.v1.QuarantineService/Patch", patch);
  ASSERT_EQ(patched.violations_size(), 1);
  EXPECT_EQ(patched.violations(0).reason(), "VALUE_WITHOUT_KIND");
}

TEST_F(UnprintableTest, MoreThan32PurposesAreQuarantined) {
  UpdateBuilder most("most");
  most.With("email", "a@b.test").Json(R"({"city":"York"})");
  for (int i = 0; i < 32; ++i) most.Consent(fmt::format("purpose-{}", i));
  UpdateBuilder more("more");
  more.With("email", "a@b.test").Json(R"({"city":"York"})");
  for (int i = 0; i < 33; ++i) more.Consent(fmt::format("purpose-{}", i));
  const auto reply = client_->Update(Updates({most.Build(), more.Build()}));
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply.response.outcomes(0).outcome(), OUTCOME_ACCEPTED);
  EXPECT_EQ(reply.response.outcomes(1).reason(), "TOO_MANY_PURPOSES");
  EXPECT_EQ(reply.response.outcomes(1).violations(0).field(), "consent.purposes");
}

TEST_F(UnprintableTest, BytesThatAreNoRequestAreAnswered) {
  for (const char* method : {"/selfsame.profile.v1.ProfileService/GetProfile",
                             "/selfsame.schema.v1.SchemaService/RegisterSchema",
                             "/selfsame.quarantine.v1.QuarantineService/Replay",
                             "/selfsame.identity.v1.IdentityService/MergeProfiles",
                             "/selfsame.catalog.v1.CatalogService/ListFields",
                             "/selfsame.quality.v1.QualityService/GetQuality",
                             "/selfsame.ingest.v1.IngestService/GetLimits",
                             "/selfsame.ingest.v1.IngestService/TrackEvents"}) {
    grpc::ByteBuffer ignored;
    const grpc::Status status = CallBytes(method, "\xff", &ignored);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(status.error_details())) << method;
    ASSERT_GT(details.details_size(), 0) << method;
    google::rpc::ErrorInfo info;
    ASSERT_TRUE(details.details(0).UnpackTo(&info)) << method;
    EXPECT_EQ(info.reason(), "REQUEST_MALFORMED") << method;
    EXPECT_EQ(info.metadata().count("request_id"), 1u) << method;
  }
}

}  // namespace
}  // namespace selfsame
