#include "server/observe/metrics_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/host_port.h"
#include "base/stop.h"
#include "server/observe/metrics_page.h"
#include "server/observe/open_scrapes.h"

namespace selfsame::observe {
namespace {

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr int kBacklog = 128;
// More than OpenScrapes lets live: what it has shut down is closed a moment later.
constexpr unsigned kConnectionsMax = 2 * kScrapesOpenMax;
constexpr std::size_t kConnectionBytesMax = 16 * 1024;  // For the request's head.
constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

// Of either family.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Error ListenError(int number, const MetricsServerOptions& options) {
  return {
      .code = ErrorCode::kFailedPrecondition,
      .reason = number == EADDRINUSE ? "METRICS_ADDRESS_IN_USE" : "METRICS_ADDRESS_UNUSABLE",
      .message = fmt::format("serve metrics on {}: {}", HostPortText({options.host, options.port}),
                             std::generic_category().message(number))};
}

Result<SocketAddress> ParseAddress(const MetricsServerOptions& options) {
  SocketAddress address;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  const auto port = htons(static_cast<std::uint16_t>(options.port));
  auto* const four = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* const six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (options.port >= 0 && options.port <= 65535) {
    if (inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
      four->sin_family = AF_INET;
      four->sin_port = port;
      address.size = sizeof(sockaddr_in);
      return address;
    }
    if (inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1) {
      six->sin6_family = AF_INET6;
      six->sin6_port = port;
      address.size = sizeof(sockaddr_in6);
      return address;
    }
  }
  return Error{.code = ErrorCode::kInvalidArgument,
               .reason = "METRICS_ADDRESS_INVALID",
               .message = "metrics address is not an IP address with a port of 0 to 65535"};
}

// Our own socket rather than the library's: it would not say why it cannot listen.
Result<int> Listen(const MetricsServerOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const SocketAddress address, ParseAddress(options));
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return ListenError(errno, options);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, address.any(), address.size) == 0 && listen(fd, kBacklog) == 0) return fd;
  const int number = errno;
  close(fd);
  return ListenError(number, options);
}

int PortOf(int socket) {
  SocketAddress address;
  SELFSAME_CHECK(getsockname(socket, address.any(), &address.size) == 0);
  return ntohs(address.storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

// One page, kept by the library until it is sent or its connection is closed.
struct Page {
  std::string text;
  std::atomic<std::size_t>& alive;
};

void FreePage(void* page_of_response) {
  const auto* page = static_cast<Page*>(page_of_response);
  page->alive.fetch_sub(1);
  delete page;
}

// Queues the answer and closes the connection after it.
MHD_Result Answer(MHD_Connection* connection, unsigned status, MHD_Response* response,
                  const char* content_type) {
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  const MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

MHD_Result AnswerText(MHD_Connection* connection, unsigned status, std::string_view text) {
  return Answer(connection, status,
                MHD_create_response_from_buffer(text.size(), const_cast<char*>(text.data()),
                                                MHD_RESPMEM_MUST_COPY),
                "text/plain");
}

}  // namespace

struct MetricsServer::State {
  State(const Metrics& metrics, const MetricsServerOptions& options)
      : metrics(metrics),
        barrier(options.barrier),
        readiness(options.readiness),
        scrape_wait(options.scrape_wait) {}

  MHD_Result AnswerPage(MHD_Connection* connection);
  MHD_Result AnswerReady(MHD_Connection* connection) const;
  // The page; nothing: an exception stopped it.
  std::optional<std::string> WritePage() const noexcept;
  void CloseTheSlow();

  // Called by the library, on its thread.
  static MHD_Result OnRequest(void* state, MHD_Connection* connection, const char* url,
                              const char* method, const char* version, const char* upload,
                              std::size_t* upload_size, void** of_request);
  static void OnConnection(void* state, MHD_Connection* connection, void** of_connection,
                           MHD_ConnectionNotificationCode what);

  const Metrics& metrics;
  const Barrier* const barrier;
  const Readiness* const readiness;
  const std::chrono::milliseconds scrape_wait;
  int port = 0;
  std::atomic<std::size_t> pages{0};
  OpenScrapes open{kScrapesOpenMax};
  MHD_Daemon* daemon = nullptr;
  StopSignal stop;
  std::thread closer;
};

// The library is written in C: an exception that reached it would end the process.
std::optional<std::string> MetricsServer::State::WritePage() const noexcept {
  std::string text;
  const auto write = [&] { text = MetricsPage(metrics); };
  if (barrier != nullptr) {
    if (!barrier->Run(Entry::kMetrics, "", write).ok()) return std::nullopt;
    return text;
  }
  try {
    write();
  } catch (...) {
    return std::nullopt;
  }
  return text;
}

MHD_Result MetricsServer::State::AnswerPage(MHD_Connection* connection) {
  if (pages.load() >= kPagesMax) {
    return AnswerText(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "too many scrapes at a time\n");
  }
  std::optional<std::string> written = WritePage();
  if (!written) {
    return AnswerText(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "cannot write the metrics\n");
  }
  auto page = std::make_unique<Page>(Page{*std::move(written), pages});
  pages.fetch_add(1);
  const std::string& text = page->text;
  MHD_Response* response = MHD_create_response_from_buffer_with_free_callback_cls(
      text.size(), const_cast<char*>(text.data()), &FreePage, page.get());
  if (response == nullptr) {
    pages.fetch_sub(1);
    return MHD_NO;
  }
  (void)page.release();  // The response's now.
  return Answer(connection, MHD_HTTP_OK, response, kContentType);
}

MHD_Result MetricsServer::State::AnswerReady(MHD_Connection* connection) const {
  const auto standing = readiness->Get();
  if (standing->is_ready()) return AnswerText(connection, MHD_HTTP_OK, "READY\n");
  return AnswerText(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                    standing->reason + ": " + standing->message + "\n");
}

MHD_Result MetricsServer::State::OnRequest(void* state, MHD_Connection* connection, const char* url,
                                           const char* method, const char*, const char*,
                                           std::size_t* upload_size, void**) {
  if (*upload_size != 0) return MHD_NO;  // Nobody has anything to tell this page.
  const std::string_view verb(method);
  if (verb != MHD_HTTP_METHOD_GET && verb != MHD_HTTP_METHOD_HEAD) {
    return AnswerText(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET\n");
  }
  State& self = *static_cast<State*>(state);
  const std::string_view path(url);
  if (path == "/metrics") return self.AnswerPage(connection);
  if (path == "/healthz") return AnswerText(connection, MHD_HTTP_OK, "ok\n");
  if (path == "/readyz" && self.readiness != nullptr) return self.AnswerReady(connection);
  return AnswerText(connection, MHD_HTTP_NOT_FOUND,
                    "not here: GET /metrics, /healthz or /readyz\n");
}

void MetricsServer::State::OnConnection(void* state, MHD_Connection* connection, void**,
                                        MHD_ConnectionNotificationCode what) {
  OpenScrapes& open = static_cast<State*>(state)->open;
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  switch (what) {
    case MHD_CONNECTION_NOTIFY_STARTED:
      return open.Opened(info->connect_fd, OpenScrapes::Clock::now());
    case MHD_CONNECTION_NOTIFY_CLOSED: return open.Closed(info->connect_fd);
  }
}

void MetricsServer::State::CloseTheSlow() {
  do {
    open.ShutDownOlderThan(OpenScrapes::Clock::now() - scrape_wait);
  } while (!stop.WaitFor(kLookEvery));
}

MetricsServer::MetricsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

MetricsServer::~MetricsServer() {
  state_->stop.Set();
  if (state_->closer.joinable()) state_->closer.join();
  if (state_->daemon != nullptr) MHD_stop_daemon(state_->daemon);  // Closes the socket too.
}

Result<std::unique_ptr<MetricsServer>> MetricsServer::Start(const Metrics& metrics,
                                                            const MetricsServerOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const int socket, Listen(options));
  std::unique_ptr<MetricsServer> server(
      new MetricsServer(std::make_unique<State>(metrics, options)));
  State& state = *server->state_;
  state.port = PortOf(socket);
  state.daemon =
      MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, 0, nullptr, nullptr, &State::OnRequest, &state,
                       MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_LIMIT,
                       kConnectionsMax, MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytesMax,
                       MHD_OPTION_NOTIFY_CONNECTION, &State::OnConnection, &state, MHD_OPTION_END);
  if (state.daemon == nullptr) {
    const int number = errno;
    close(socket);
    return ListenError(number, options);
  }
  state.closer = std::thread([&state] { state.CloseTheSlow(); });
  return server;
}

int MetricsServer::port() const { return state_->port; }

}  // namespace selfsame::observe
