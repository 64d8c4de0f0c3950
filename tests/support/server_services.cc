// The services every gRPC server has: health and reflection.
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <thread>

#include "base/check.h"
#include "base/time.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/ingest_client.h"
#include "tests/support/rpc_channel.h"

namespace selfsame::test {
namespace {

using google::protobuf::UnknownFieldSet;

constexpr std::chrono::seconds kCallWait{5};
constexpr std::chrono::milliseconds kAskEvery{10};

// Reflection's .proto is not packaged, so its messages are read by field number.
constexpr const char* kReflection =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kListServices[] = {0x3a, 0x00};  // Field 7, list_services, empty.
constexpr int kListServicesResponse = 6;
constexpr int kService = 1;
constexpr int kName = 1;

// The values of a length-delimited field.
std::vector<std::string> FieldsOf(const std::string& message, int number) {
  google::protobuf::Empty any;
  SELFSAME_CHECK(any.ParseFromString(message));
  std::vector<std::string> values;
  const UnknownFieldSet& fields = any.GetReflection()->GetUnknownFields(any);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() != number) continue;
    if (field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      values.push_back(field.length_delimited());
    }
  }
  return values;
}

bool SaysServing(grpc::health::v1::Health::Stub& stub, const std::string& service,
                 std::chrono::milliseconds wait) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + wait);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  return stub.Check(&context, request, &response).ok() &&
         response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

}  // namespace

bool IsServing(const std::string& address, const std::string& service) {
  const auto stub = grpc::health::v1::Health::NewStub(OpenChannel(address));
  return SaysServing(*stub, service, kCallWait);
}

bool AwaitServing(const std::string& address, std::chrono::milliseconds wait) {
  const Deadline deadline = Deadline::After(wait);
  const auto stub = grpc::health::v1::Health::NewStub(OpenChannel(address));
  while (!SaysServing(*stub, "", std::min<std::chrono::milliseconds>(kCallWait, deadline.Left()))) {
    if (deadline.Expired()) return false;
    std::this_thread::sleep_for(kAskEvery);
  }
  return true;
}

struct HealthWatch::Impl {
  explicit Impl(const std::string& address)
      : stub(grpc::health::v1::Health::NewStub(OpenChannel(address))),
        reader(stub->Watch(&context, grpc::health::v1::HealthCheckRequest())) {}

  grpc::ClientContext context;
  const std::unique_ptr<grpc::health::v1::Health::Stub> stub;
  const std::unique_ptr<grpc::ClientReader<grpc::health::v1::HealthCheckResponse>> reader;
};

HealthWatch::HealthWatch(const std::string& address) : impl_(std::make_unique<Impl>(address)) {
  grpc::health::v1::HealthCheckResponse first;
  SELFSAME_CHECK(impl_->reader->Read(&first));
}

HealthWatch::~HealthWatch() { impl_->context.TryCancel(); }

std::vector<std::string> ReflectedServices(const std::string& address) {
  const auto channel = OpenChannel(address);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallWait);
  const auto stream = OpenByteStream(channel.get(), kReflection, &context);
  grpc::ByteBuffer answer;
  std::vector<std::string> names;
  const bool has_answer =
      stream->Write(ToByteBuffer({kListServices, sizeof(kListServices)})) && stream->Read(&answer);
  stream->WritesDone();
  // An open call would keep a server from stopping.
  if (!stream->Finish().ok() || !has_answer) return names;
  for (const std::string& list : FieldsOf(ToString(answer), kListServicesResponse)) {
    for (const std::string& service : FieldsOf(list, kService)) {
      for (std::string& name : FieldsOf(service, kName)) names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace selfsame::test
