#include "tests/e2e/front/haproxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "base/time.h"
#include "tests/support/http_get.h"

namespace selfsame::test {
namespace {

constexpr const char* kProgram = "/usr/sbin/haproxy";
constexpr std::chrono::seconds kStartWait{60};
constexpr std::chrono::milliseconds kLookEvery{50};

std::string ConfigPath() {
  const char* root = std::getenv("SELFSAME_SOURCE_DIR");
  SELFSAME_CHECK(root != nullptr);  // Set by ctest.
  return std::string(root) + "/deploy/haproxy/haproxy.cfg";
}

// A port that was free a moment ago.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  SELFSAME_CHECK(bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  SELFSAME_CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

Haproxy::Haproxy(const Options& options)
    : address_("127.0.0.1:" + std::to_string(FreePort())),
      stats_("127.0.0.1:" + std::to_string(FreePort())) {
  ProgramOptions program{
      .arguments = {kProgram, "-db", "-f", ConfigPath()},
      .output_path = folder_.path() + "/haproxy.log",
      .error_path = {},
      .environment = {"SELFSAME_FRONT_LISTEN=" + address_, "SELFSAME_FRONT_STATS=" + stats_,
                      "SELFSAME_FRONT_SERVER=" + options.server}};
  if (options.certificate.empty()) {
    program.environment.emplace_back("SELFSAME_FRONT_PLAINTEXT=1");
  } else {
    program.environment.push_back("SELFSAME_FRONT_CERTIFICATE=" + options.certificate);
  }
  if (!options.client_ca.empty()) {
    program.environment.push_back("SELFSAME_FRONT_CLIENT_CA=" + options.client_ca);
  }
  program_ = Program::Start(program);
  const Deadline deadline = Deadline::After(kStartWait);
  const std::string is_up =
      "haproxy_server_check_status{proxy=\"selfsamed\",server=\"selfsamed\",state=\"L7OK\"} 1";
  while (Metrics().find(is_up) == std::string::npos) {
    if (!program_->IsRunning() || deadline.Expired()) {
      std::fprintf(stderr, "the front does not start\n%s\n%s", Log().c_str(), Metrics().c_str());
      std::abort();
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

std::string Haproxy::Metrics() const { return HttpGet(stats_, "/metrics"); }

bool HaproxyIsInstalled() { return access(kProgram, X_OK) == 0; }

int CheckHaproxyConfig(const std::vector<std::string>& environment, std::string* output) {
  const TempFolder folder;
  const std::string path = folder.path() + "/output";
  const auto code = RunProgram({.arguments = {kProgram, "-c", "-f", ConfigPath()},
                                .output_path = path,
                                .error_path = {},
                                .environment = environment},
                               kStartWait);
  *output = ReadWholeFile(path);
  return code.value_or(-1);
}

}  // namespace selfsame::test
