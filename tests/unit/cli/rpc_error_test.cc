#include "cli/rpc_error.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"

namespace selfsame::cli {
namespace {

TEST(RpcErrorTest, DetailsOfACallAreTaken) {
  google::rpc::ErrorInfo info;
  info.set_reason("RATE_LIMITED");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(250'000'000);
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field("page_size");
  violation->set_description("too large");
  google::rpc::Status rich;
  rich.add_details()->PackFrom(info);
  rich.add_details()->PackFrom(retry);
  rich.add_details()->PackFrom(bad_request);

  const Error error = ErrorOf(
      grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "slow down", rich.SerializeAsString()));
  EXPECT_EQ(error.code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(error.message, "slow down");
  EXPECT_EQ(error.reason, "RATE_LIMITED");
  EXPECT_EQ(error.retry_after, std::chrono::milliseconds(1'250));
  ASSERT_EQ(error.violations.size(), 1u);
  EXPECT_EQ(error.violations[0].field, "page_size");
}

TEST(RpcErrorTest, DetailsThatAreNoneAreIgnored) {
  const Error error = ErrorOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone", "\xFF\xFFjunk"));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.message, "gone");
  EXPECT_TRUE(error.reason.empty());
}

// gRPC says RESOURCE_EXHAUSTED, as a server does that is busy, but without details.
TEST(RpcErrorTest, AMessageThatIsTooLargeIsNotRetried) {
  const Error error = ErrorOf(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                           "Received message larger than max (9 vs. 8)"));
  EXPECT_EQ(error.reason, kMessageTooLarge);
  EXPECT_FALSE(MayRetry(error.code));
  EXPECT_NE(error.message.find("send fewer or smaller records"), std::string::npos);
}

TEST(RpcErrorTest, OnlyWhatMayPassIsRetried) {
  EXPECT_TRUE(MayRetry(ErrorOf(grpc::Status(grpc::StatusCode::CANCELLED, "")).code));
  EXPECT_TRUE(MayRetry(ErrorOf(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "")).code));
  EXPECT_FALSE(MayRetry(ErrorOf(grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "")).code));
  EXPECT_FALSE(MayRetry(ErrorOf(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")).code));
}

}  // namespace
}  // namespace selfsame::cli
