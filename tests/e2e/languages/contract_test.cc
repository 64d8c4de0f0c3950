// What clients are generated from: the published descriptor set, and reflection.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/tool.h"
#include "tests/support/rpc_channel.h"

namespace selfsame::test {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;
using testing::Contains;
using testing::IsSupersetOf;

constexpr std::chrono::seconds kCallWait{10};

TEST(ContractTest, TheToolPrintsTheDescriptorSetOfTheBuild) {
  const ToolResult printed = Tool().Run({"contract"});
  ASSERT_EQ(printed.exit_code, 0) << printed.errors;
  const std::string built =
      std::filesystem::path(std::getenv("SELFSAME_BIN_DIR")).parent_path() / "selfsame.binpb";
  EXPECT_TRUE(printed.output == ReadWholeFile(built));
  FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(printed.output));
  std::vector<std::string> names;
  for (const FileDescriptorProto& file : set.file()) {
    EXPECT_TRUE(file.has_source_code_info()) << file.name();
    names.push_back(file.name());
    for (const std::string& import : file.dependency()) EXPECT_THAT(names, Contains(import));
  }
  EXPECT_THAT(
      names, IsSupersetOf({"selfsame/ingest/v1/ingest.proto", "google/rpc/status.proto",
                           "google/rpc/error_details.proto", "selfsame/schemas/web/v1/web.proto"}));
}

class ReflectionTest : public InstallationTest {
 protected:
  // One stream, with its requests.
  struct Call {
    explicit Call(const std::string& address)
        : stub(grpc::reflection::v1::ServerReflection::NewStub(OpenChannel(address))) {
      context.set_deadline(std::chrono::system_clock::now() + kCallWait);
      stream = stub->ServerReflectionInfo(&context);
    }
    // False when the server ended the stream.
    bool Ask(const ServerReflectionRequest& request) {
      return stream->Write(request) && stream->Read(&response);
    }
    grpc::StatusCode End() {
      stream->WritesDone();
      return stream->Finish().error_code();
    }
    grpc::ClientContext context;
    const std::unique_ptr<grpc::reflection::v1::ServerReflection::Stub> stub;
    std::unique_ptr<grpc::ClientReaderWriter<ServerReflectionRequest, ServerReflectionResponse>>
        stream;
    ServerReflectionResponse response;
  };

  static ServerReflectionRequest ForSymbol(const std::string& name) {
    ServerReflectionRequest request;
    request.set_file_containing_symbol(name);
    return request;
  }
};

TEST_F(ReflectionTest, DescribesEveryServiceItLists) {
  Call call(server_->grpc_address());
  ServerReflectionRequest list;
  list.set_list_services("*");
  ASSERT_TRUE(call.Ask(list));
  const auto services = call.response.list_services_response();
  EXPECT_EQ(services.service_size(), 10);
  for (const auto& service : services.service()) {
    ASSERT_TRUE(call.Ask(ForSymbol(service.name())));
    const auto& files = call.response.file_descriptor_response();
    ASSERT_GT(files.file_descriptor_proto_size(), 0) << service.name();
    FileDescriptorProto file;
    ASSERT_TRUE(file.ParseFromString(files.file_descriptor_proto(0)));
    EXPECT_EQ(file.package() + "." + file.service(0).name(), service.name());
  }
  EXPECT_EQ(call.End(), grpc::StatusCode::OK);
}

TEST_F(ReflectionTest, AnswersEachKindOfRequest) {
  Call call(server_->grpc_address());
  ServerReflectionRequest request;
  request.set_file_by_filename("selfsame/ingest/v1/ingest.proto");
  ASSERT_TRUE(call.Ask(request));
  // Itself, timestamp, status and any.
  EXPECT_EQ(call.response.file_descriptor_response().file_descriptor_proto_size(), 4);
  request.set_all_extension_numbers_of_type("google.protobuf.FieldOptions");
  ASSERT_TRUE(call.Ask(request));
  const auto numbers = call.response.all_extension_numbers_response();
  ASSERT_GT(numbers.extension_number_size(), 0);
  auto* extension = request.mutable_file_containing_extension();
  extension->set_containing_type(numbers.base_type_name());
  extension->set_extension_number(numbers.extension_number(0));
  ASSERT_TRUE(call.Ask(request));
  EXPECT_TRUE(call.response.has_file_descriptor_response());
  ASSERT_TRUE(call.Ask(ForSymbol("no.such.Name")));
  EXPECT_EQ(call.response.error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(call.Ask({}));
  EXPECT_EQ(call.response.error_response().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(call.End(), grpc::StatusCode::OK);
}

TEST_F(ReflectionTest, BoundsWhatCallersWithoutAKeyMayHold) {
  Call large(server_->grpc_address());
  EXPECT_FALSE(large.Ask(ForSymbol(std::string(8 * 1024, 'x'))));
  EXPECT_EQ(large.End(), grpc::StatusCode::INVALID_ARGUMENT);

  Call many(server_->grpc_address());
  int answers = 0;
  while (answers <= 1'000 && many.Ask(ForSymbol("no.such.Name"))) ++answers;
  EXPECT_EQ(answers, 1'000);
  EXPECT_EQ(many.End(), grpc::StatusCode::RESOURCE_EXHAUSTED);

  std::vector<std::unique_ptr<Call>> open;
  for (int i = 0; i < 64; ++i) {
    open.push_back(std::make_unique<Call>(server_->grpc_address()));
    ASSERT_TRUE(open.back()->Ask(ForSymbol("no.such.Name"))) << i;
  }
  Call refused(server_->grpc_address());
  EXPECT_FALSE(refused.Ask(ForSymbol("no.such.Name")));
  EXPECT_EQ(refused.End(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  // Open streams do not keep the server from stopping.
  EXPECT_EQ(server_->Terminate(kPatience), 0);
}

}  // namespace
}  // namespace selfsame::test
