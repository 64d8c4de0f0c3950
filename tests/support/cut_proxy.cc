#include "tests/support/cut_proxy.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <string_view>

#include "base/check.h"

namespace selfsame::test {
namespace {

constexpr std::size_t kPendingBytesMax = 1 << 20;
constexpr std::size_t kLengthBytes = 4;
constexpr std::string_view kCommit{"COMMIT", 7};  // With its NUL.

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  SELFSAME_CHECK(path.size() < sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

int NewSocket() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SELFSAME_CHECK(fd >= 0);
  return fd;
}

std::map<std::string, std::string> ParametersOf(const std::string& url) {
  std::map<std::string, std::string> parameters;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  SELFSAME_CHECK(options != nullptr);
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  }
  PQconninfoFree(options);
  return parameters;
}

// Cuts a stream into messages: a type (but for a client's first message, which has none), a length
// that counts itself, and a body.
class Messages {
 public:
  explicit Messages(bool starts_untyped) : is_untyped_(starts_untyped) {}

  void Append(std::string_view bytes) { bytes_.append(bytes); }

  // Moves the next whole message to `whole`, as it came; false when there is none yet.
  bool Next(std::string* whole) {
    const std::size_t type_bytes = is_untyped_ ? 0 : 1;
    if (bytes_.size() < type_bytes + kLengthBytes) return false;
    std::size_t length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) {
      length = length << 8 | static_cast<unsigned char>(bytes_[type_bytes + i]);
    }
    if (bytes_.size() < type_bytes + length) return false;
    *whole = bytes_.substr(0, type_bytes + length);
    bytes_.erase(0, whole->size());
    is_untyped_ = false;
    return true;
  }

 private:
  bool is_untyped_;
  std::string bytes_;
};

bool IsCommit(std::string_view message) {
  return message.starts_with('Q') && message.substr(1 + kLengthBytes) == kCommit;
}

}  // namespace

// One client's connection and ours for it. Nothing here blocks: a backend that waits for another
// one's lock must not keep us from serving that one.
class CutProxy::Relay {
 public:
  Relay(int client, int server) : client_(client), server_(server) {}
  ~Relay() {
    close(client_);
    close(server_);
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::array<pollfd, 2> Wants() const {
    return {Want(client_, to_server_, to_client_), Want(server_, to_client_, to_server_)};
  }

  // Reads and writes what is ready. False when this relay is over.
  bool Serve(short client_events, short server_events, CutProxy& proxy) {
    if (client_events != 0) FromClient(proxy);
    if (server_events != 0) FromServer();
    if (is_cut_) return false;
    const bool is_writable = Flush(client_, to_client_) && Flush(server_, to_server_);
    const bool is_drained = to_client_.empty() && to_server_.empty();
    return is_writable && !(is_over_ && is_drained);
  }

  bool IsNamed(std::string_view name) const { return application_name_ == name; }
  // Nothing more goes either way.
  void Cut() { is_cut_ = true; }
  // What was read so far still reaches the server; then nothing more goes either way.
  void CutOnceSent() { is_over_ = true; }
  // The server's answer is waited for, and does not reach the client.
  void CutOnceAnswered() { is_swallowing_ = true; }

 private:
  static pollfd Want(int fd, const std::string& pending_from_it, const std::string& pending_to_it) {
    short events = 0;
    if (pending_from_it.size() < kPendingBytesMax) events |= POLLIN;
    if (!pending_to_it.empty()) events |= POLLOUT;
    return {.fd = fd, .events = events, .revents = 0};
  }

  // Empty when there is nothing to read now; ends the relay when there never will be.
  std::string_view Receive(int fd) {
    const ssize_t got = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got > 0) return {buffer_.data(), static_cast<std::size_t>(got)};
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) is_over_ = true;
    return {};
  }

  bool Flush(int fd, std::string& pending) {
    if (pending.empty()) return true;
    const ssize_t sent = send(fd, pending.data(), pending.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    pending.erase(0, static_cast<std::size_t>(sent));
    return true;
  }

  void FromClient(CutProxy& proxy) {
    from_client_.Append(Receive(client_));
    std::string message;
    while (!is_cut_ && from_client_.Next(&message)) {
      if (!is_started_) ReadStartup(message);
      if (IsCommit(message)) proxy.Judge(*this);
      to_server_ += message;
    }
  }

  // Names and values in turn, each with its NUL, after the length and the protocol's version.
  void ReadStartup(std::string_view message) {
    is_started_ = true;
    constexpr std::string_view kName{"application_name", 17};
    const std::size_t at = message.find(kName);
    if (at == std::string_view::npos) return;
    const std::string_view value = message.substr(at + kName.size());
    application_name_ = value.substr(0, value.find('\0'));
  }

  void FromServer() {
    const std::string_view bytes = Receive(server_);
    if (!is_swallowing_) {
      to_client_ += bytes;
      return;
    }
    // A client sends COMMIT once it has read all before it, so this begins with a whole message.
    from_server_.Append(bytes);
    std::string message;
    while (from_server_.Next(&message)) {
      if (message.starts_with('Z')) Cut();  // Ready for the next query: this one is done.
    }
  }

  const int client_;
  const int server_;
  Messages from_client_{true};
  Messages from_server_{false};
  std::string to_client_;
  std::string to_server_;
  std::string application_name_;
  bool is_started_ = false;
  bool is_swallowing_ = false;
  bool is_over_ = false;
  bool is_cut_ = false;
  std::array<char, 1 << 16> buffer_;
};

CutProxy::CutProxy(const CutProxyOptions& options) : options_(options), random_(options.seed) {
  auto parameters = ParametersOf(options.database_url);
  const std::string socket_name = "/.s.PGSQL." + parameters.at("port");
  upstream_path_ = parameters.at("host") + socket_name;
  if (options.is_over_tcp) {
    parameters["host"] = "127.0.0.1";
    parameters["port"] = fmt::to_string(ListenOverTcp());
    // A client's first message is then the one that names it.
    parameters["sslmode"] = parameters["gssencmode"] = "disable";
  } else {
    Listen(folder_.path() + socket_name);
    parameters["host"] = folder_.path();
  }
  for (const auto& [keyword, value] : parameters) url_ += fmt::format("{}='{}' ", keyword, value);
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  SELFSAME_CHECK(stop_fd_ >= 0);
  thread_ = std::thread([this] { Run(); });
}

CutProxy::~CutProxy() {
  const std::uint64_t one = 1;
  SELFSAME_CHECK(write(stop_fd_, &one, sizeof(one)) == sizeof(one));
  thread_.join();
  close(listen_fd_);
  close(stop_fd_);
}

void CutProxy::Listen(const std::string& path) {
  constexpr int kBacklog = 64;
  const sockaddr_un address = AddressOf(path);
  listen_fd_ = NewSocket();
  SELFSAME_CHECK(bind(listen_fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
                 0);
  SELFSAME_CHECK(listen(listen_fd_, kBacklog) == 0);
}

std::uint16_t CutProxy::ListenOverTcp() {
  constexpr int kBacklog = 64;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listen_fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  SELFSAME_CHECK(listen_fd_ >= 0 && bind(listen_fd_, any, size) == 0);
  SELFSAME_CHECK(listen(listen_fd_, kBacklog) == 0);
  SELFSAME_CHECK(getsockname(listen_fd_, any, &size) == 0);
  return ntohs(address.sin_port);
}

void CutProxy::Run() {
  for (;;) {
    std::vector<pollfd> waiting = {{.fd = stop_fd_, .events = POLLIN, .revents = 0},
                                   {.fd = listen_fd_, .events = POLLIN, .revents = 0}};
    for (const auto& relay : relays_) {
      for (const pollfd& want : relay->Wants()) waiting.push_back(want);
    }
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) return relays_.clear();
    for (std::size_t i = 0; i < relays_.size(); ++i) {
      const pollfd* fds = &waiting[2 + 2 * i];
      if (!relays_[i]->Serve(fds[0].revents, fds[1].revents, *this)) relays_[i].reset();
    }
    std::erase(relays_, nullptr);
    if (waiting[1].revents != 0) Accept();
  }
}

void CutProxy::Accept() {
  const int client = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = NewSocket();
  const sockaddr_un address = AddressOf(upstream_path_);
  auto relay = std::make_unique<Relay>(client, server);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return;
  relays_.push_back(std::move(relay));
}

void CutProxy::Judge(Relay& relay) {
  if (!relay.IsNamed(options_.application_name) ||
      !std::bernoulli_distribution(options_.cut_probability)(random_)) {
    ++passed_;
    return;
  }
  switch (std::uniform_int_distribution(0, 2)(random_)) {
    case 0: ++cut_before_; return relay.Cut();
    case 1: ++cut_after_; return relay.CutOnceAnswered();
    case 2: ++cut_during_; return relay.CutOnceSent();
  }
}

}  // namespace selfsame::test
