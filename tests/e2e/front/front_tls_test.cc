// The front with TLS, and with certificates of clients.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <fstream>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/e2e/front/haproxy.h"
#include "tests/e2e/installation.h"

namespace selfsame::test {
namespace {

constexpr std::chrono::seconds kCallWait{10};

// A certificate for this machine, signed by itself, and its key.
struct Certificate {
  std::string certificate;
  std::string key;
};
Certificate MakeCertificate(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  const auto code =
      RunProgram({.arguments = {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                                "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                                path + ".key", "-out", path + ".crt"},
                  .output_path = path + ".log",
                  .error_path = {},
                  .environment = {}},
                 kCallWait);
  EXPECT_EQ(code, std::optional<int>(0)) << ReadWholeFile(path + ".log");
  return {ReadWholeFile(path + ".crt"), ReadWholeFile(path + ".key")};
}

std::string WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  return path;
}

grpc::Status AskHealth(const std::string& address,
                       const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  const auto stub = grpc::health::v1::Health::NewStub(grpc::CreateChannel(address, credentials));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallWait);
  grpc::health::v1::HealthCheckResponse response;
  return stub->Check(&context, grpc::health::v1::HealthCheckRequest(), &response);
}

class FrontTlsTest : public InstallationTest {
 protected:
  void SetUp() override {
    if (!HaproxyIsInstalled()) GTEST_SKIP() << "haproxy is not installed";
  }

  const TempFolder folder_;
  const Certificate server_certificate_ = MakeCertificate(folder_.path(), "server");
  const std::string server_file_ = WriteFile(
      folder_.path() + "/server.pem", server_certificate_.certificate + server_certificate_.key);
};

TEST_F(FrontTlsTest, ServesTlsAndNothingElse) {
  const Haproxy front({.server = server_->grpc_address(), .certificate = server_file_});
  EXPECT_TRUE(AskHealth(front.address(),
                        grpc::SslCredentials({.pem_root_certs = server_certificate_.certificate}))
                  .ok());
  EXPECT_FALSE(AskHealth(front.address(), grpc::InsecureChannelCredentials()).ok());
}

TEST_F(FrontTlsTest, WithAnAuthorityForClientsOnlyTheirsAreServed) {
  const Certificate client = MakeCertificate(folder_.path(), "client");
  const Certificate stranger = MakeCertificate(folder_.path(), "stranger");
  const Haproxy front({.server = server_->grpc_address(),
                       .certificate = server_file_,
                       .client_ca = WriteFile(folder_.path() + "/ca.pem", client.certificate)});
  const auto ask_as = [&](const Certificate& own) {
    return AskHealth(front.address(),
                     grpc::SslCredentials({.pem_root_certs = server_certificate_.certificate,
                                           .pem_private_key = own.key,
                                           .pem_cert_chain = own.certificate}));
  };
  EXPECT_TRUE(ask_as(client).ok());
  EXPECT_FALSE(ask_as(stranger).ok());
  EXPECT_FALSE(ask_as({}).ok());
}

}  // namespace
}  // namespace selfsame::test
