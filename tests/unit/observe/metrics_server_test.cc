#include "server/observe/metrics_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/time.h"

namespace selfsame::observe {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array<std::string_view, 1> kReasons = {"KEY_REUSED"};

MetricsOptions SomeOptions() {
  return {.rejection_reasons = kReasons,
          .queue_rows_max = 50'000,
          .lanes = 2,
          .version = "1.2.3",
          .commit = "abc\"def",
          .started_at = TimeUs{1709208000'900000}};
}

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  close(fd);
  return -1;
}

// The whole answer to a GET, status line and headers included; empty when nobody listens.
std::string HttpGet(int port, const std::string& path) {
  const int fd = Connect(port);
  if (fd < 0) return "";
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
  std::string answer;
  if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
      static_cast<ssize_t>(request.size())) {
    char part[4096];
    for (ssize_t got; (got = recv(fd, part, sizeof(part), 0)) > 0;) answer.append(part, got);
  }
  close(fd);
  return answer;
}

std::string Scrape(const MetricsServer& server) { return HttpGet(server.port(), "/metrics"); }

std::string ReadSource(const std::string& path) {
  const char* root = std::getenv("SELFSAME_SOURCE_DIR");
  std::ifstream in(std::string(root == nullptr ? "." : root) + "/" + path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Everything of the form "selfsame_..." in a source text.
std::vector<std::string> QuotedNames(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; (at = text.find("\"selfsame_", at)) != std::string::npos; ++at) {
    names.push_back(text.substr(at + 1, text.find('"', at + 1) - at - 1));
  }
  return names;
}

TEST(MetricsServerTest, AGetShowsWhatWasCounted) {
  Metrics metrics(SomeOptions());
  auto server = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(server.ok()) << server.error().message;
  EXPECT_GT((*server)->port(), 0);
  SourceCounters& web = metrics.ForSource("acme", "web");
  web.received.Add(5);
  web.Of(1).Add(4);
  web.Of(3).Add(1);
  metrics.rejections.Of("KEY_REUSED").Add(7);
  metrics.queue_rows.Set(12);
  metrics.postgres_errors.Of(ErrorCodeName(ErrorCode::kInDoubt)).Add();
  const std::string answer = Scrape(**server);
  EXPECT_THAT(answer, ContainsRegex("^HTTP/1.[01] 200 OK\r\n"));
  for (const char* line :
       {"selfsame_records_received_total{tenant=\"acme\",source=\"web\"} 5\n",
        "selfsame_records_total{tenant=\"acme\",source=\"web\",outcome=\"accepted\"} 4\n",
        "selfsame_records_total{tenant=\"acme\",source=\"web\",outcome=\"duplicate\"} 0\n",
        "selfsame_records_total{tenant=\"acme\",source=\"web\",outcome=\"quarantined\"} 1\n",
        "selfsame_rejections_total{reason=\"KEY_REUSED\"} 7\n", "\nselfsame_queue_rows 12\n",
        "\nselfsame_queue_rows_max 50000\n", "\nselfsame_start_time_seconds 1709208000\n",
        "selfsame_postgres_errors_total{code=\"in_doubt\"} 1\n",
        "selfsame_build_info{version=\"1.2.3\",commit=\"abc\\\"def\"} 1\n",
        "# TYPE selfsame_records_total counter\n", "# TYPE selfsame_queue_rows gauge\n"}) {
    EXPECT_THAT(answer, HasSubstr(line));
  }
}

TEST(MetricsServerTest, HistogramsAreCumulative) {
  Metrics metrics(SomeOptions());
  auto server = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(server.ok()) << server.error().message;
  for (const double rows : {1.0, 3.0, 100'000.0}) metrics.batch_rows.Observe(rows);
  metrics.commit_seconds.Of(1).Observe(0.5);
  metrics.request_seconds.Of(Method::kTrackEvents, 8).Observe(0.002);
  const std::string answer = Scrape(**server);
  for (const char* line :
       {"# TYPE selfsame_batch_rows histogram\n", "selfsame_batch_rows_bucket{le=\"1\"} 1\n",
        "selfsame_batch_rows_bucket{le=\"5\"} 2\n", "selfsame_batch_rows_bucket{le=\"10000\"} 2\n",
        "selfsame_batch_rows_bucket{le=\"+Inf\"} 3\n", "selfsame_batch_rows_count 3\n",
        "selfsame_batch_rows_sum 100004\n", "selfsame_commit_seconds_count{lane=\"0\"} 0\n",
        "selfsame_commit_seconds_count{lane=\"1\"} 1\n",
        "selfsame_request_seconds_count{method=\"TrackEvents\",code=\"RESOURCE_EXHAUSTED\"} 1\n"}) {
    EXPECT_THAT(answer, HasSubstr(line));
  }
  EXPECT_THAT(answer, Not(HasSubstr("code=\"DATA_LOSS\"")));
}

TEST(MetricsServerTest, EveryDeclaredMetricIsServedWithItsHelp) {
  Metrics metrics(SomeOptions());
  metrics.ForSource("acme", "web");
  auto server = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(server.ok()) << server.error().message;
  const std::string answer = Scrape(**server);
  const std::string declared =
      ReadSource("server/observe/metrics.h") + ReadSource("server/observe/metrics.cc");
  const std::vector<std::string> names = QuotedNames(declared);
  EXPECT_GT(names.size(), 20u);
  for (const std::string& name : names) EXPECT_THAT(answer, HasSubstr("# HELP " + name + " "));
}

TEST(MetricsServerTest, ServesNothingElse) {
  Metrics metrics(SomeOptions());
  auto server = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(server.ok()) << server.error().message;
  EXPECT_THAT(HttpGet((*server)->port(), "/"), ContainsRegex("^HTTP/1.[01] 404 "));
  EXPECT_THAT(HttpGet((*server)->port(), "/README.md"), ContainsRegex("^HTTP/1.[01] 404 "));
}

// Sends one byte of a request, and another whenever it is told to.
class Dripping {
 public:
  explicit Dripping(int port) : fd_(Connect(port)) {}
  ~Dripping() {
    if (fd_ >= 0) close(fd_);
  }
  Dripping(Dripping&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  // False once the server has closed the connection.
  bool Drip() { return send(fd_, "G", 1, MSG_NOSIGNAL) == 1; }

 private:
  int fd_;
};

TEST(MetricsServerTest, DrippingConnectionsDoNotKeepAScrapeOut) {
  Metrics metrics(SomeOptions());
  auto server = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(server.ok()) << server.error().message;
  for (const std::size_t drips : {std::size_t{50}, 2 * kScrapesOpenMax}) {
    std::vector<Dripping> slow;
    for (std::size_t i = 0; i < drips; ++i) slow.emplace_back((*server)->port()).Drip();
    const auto started = std::chrono::steady_clock::now();
    EXPECT_THAT(Scrape(**server), HasSubstr("\nselfsame_queue_rows_max 50000\n"));
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(2)) << drips;
  }
}

TEST(MetricsServerTest, AConnectionThatDripsIsClosedAllTheSame) {
  Metrics metrics(SomeOptions());
  auto server = MetricsServer::Start(metrics, {.scrape_wait = std::chrono::milliseconds(300)});
  ASSERT_TRUE(server.ok()) << server.error().message;
  Dripping slow((*server)->port());
  const Deadline patience = Deadline::After(std::chrono::seconds(10));
  while (slow.Drip()) {
    ASSERT_FALSE(patience.Expired());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

TEST(MetricsServerTest, AnAddressInUseIsSaid) {
  Metrics metrics(SomeOptions());
  auto first = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = MetricsServer::Start(metrics, {.port = (*first)->port()});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(second.error().reason, "METRICS_ADDRESS_IN_USE");
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string((*first)->port())));
}

TEST(MetricsServerTest, ThePortIsFreeAgainAfterwards) {
  Metrics metrics(SomeOptions());
  auto first = MetricsServer::Start(metrics, {});
  ASSERT_TRUE(first.ok()) << first.error().message;
  const int port = (*first)->port();
  EXPECT_NE(Scrape(**first), "");
  first->reset();
  EXPECT_EQ(HttpGet(port, "/metrics"), "");
  const auto second = MetricsServer::Start(metrics, {.port = port});
  EXPECT_TRUE(second.ok()) << second.error().message;
}

TEST(MetricsServerTest, AddressesThatAreNoneAreRefused) {
  Metrics metrics(SomeOptions());
  for (const MetricsServerOptions& options :
       {MetricsServerOptions{.host = "300.1.1.1"}, MetricsServerOptions{.host = ""},
        MetricsServerOptions{.host = "127.0.0.1:1,127.0.0.1"}, MetricsServerOptions{.port = 65536},
        MetricsServerOptions{.port = -1}}) {
    const auto server = MetricsServer::Start(metrics, options);
    ASSERT_FALSE(server.ok()) << options.host << ":" << options.port;
    EXPECT_EQ(server.error().reason, "METRICS_ADDRESS_INVALID");
  }
}

// 192.0.2.0/24 is for documentation: no machine has it.
TEST(MetricsServerTest, AnAddressOfAnotherMachineIsUnusable) {
  Metrics metrics(SomeOptions());
  const auto server = MetricsServer::Start(metrics, {.host = "192.0.2.1"});
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().reason, "METRICS_ADDRESS_UNUSABLE");
}

}  // namespace
}  // namespace selfsame::observe
