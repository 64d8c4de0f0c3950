// The front as it is shipped: Debian's haproxy with deploy/haproxy/haproxy.cfg before a server.
#ifndef SELFSAME_TESTS_E2E_FRONT_HAPROXY_H_
#define SELFSAME_TESTS_E2E_FRONT_HAPROXY_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {

// Owned by one thread. Stopped when it goes.
class Haproxy {
 public:
  // Without certificate: in the clear. Returns once it accepts connections and finds the server
  // SERVING; ends the process where it does not.
  struct Options {
    std::string server;       // host:port.
    std::string certificate;  // PEM files.
    std::string client_ca;
  };
  explicit Haproxy(const Options& options);

  const std::string& address() const { return address_; }
  pid_t pid() const { return program_->pid(); }
  // Prometheus's page of the front.
  std::string Metrics() const;
  std::string Log() const { return ReadWholeFile(folder_.path() + "/haproxy.log"); }

 private:
  const TempFolder folder_;
  std::string address_;
  std::string stats_;
  std::unique_ptr<Program> program_;
};

// Whether haproxy is installed, and takes the configuration with these variables ("NAME=value").
bool HaproxyIsInstalled();
int CheckHaproxyConfig(const std::vector<std::string>& environment, std::string* output);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_FRONT_HAPROXY_H_
