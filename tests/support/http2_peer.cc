#include "tests/support/http2_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace selfsame::test {
namespace {

constexpr std::uint8_t kResetFrame = 3, kSettingsFrame = 4, kPingFrame = 6, kWindowFrame = 8;
constexpr std::uint8_t kAck = 1;
constexpr std::uint16_t kInitialWindowSize = 4;
constexpr std::size_t kFrameHead = 9;
constexpr std::size_t kReadBytes = 64 * 1024;

std::string BigEndian(std::uint32_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>(number >> shift));
  }
  return text;
}

std::uint32_t NumberOf(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

sockaddr_in AddressOf(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

// A length as HPACK has it, with a prefix of seven bits.
std::string HpackLength(std::size_t length) {
  if (length < 127) return std::string(1, static_cast<char>(length));
  std::string text(1, 127);
  for (length -= 127; length >= 128; length /= 128) {
    text.push_back(static_cast<char>(length % 128 + 128));
  }
  text.push_back(static_cast<char>(length));
  return text;
}

}  // namespace

std::string Http2Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                       std::string_view payload) {
  std::string frame = BigEndian(static_cast<std::uint32_t>(payload.size()), 3);
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  return frame.append(BigEndian(stream, 4)).append(payload);
}

std::string HeaderBlock(const HeaderFields& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block.push_back(0);  // A literal, not to be remembered.
    block.append(HpackLength(name.size())).append(name);
    block.append(HpackLength(value.size())).append(value);
  }
  return block;
}

std::unique_ptr<Http2Peer> Http2Peer::Connect(const std::string& address, const std::string& from) {
  const std::size_t colon = address.rfind(':');
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  const sockaddr_in source = AddressOf(from, 0);
  const sockaddr_in target =
      AddressOf(address.substr(0, colon), std::atoi(address.c_str() + colon + 1));
  if (bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0 ||
      connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof(target)) != 0) {
    close(fd);
    return nullptr;
  }
  return std::unique_ptr<Http2Peer>(new Http2Peer(fd));
}

Http2Peer::~Http2Peer() { close(fd_); }

bool Http2Peer::AwaitReady(short events, std::chrono::milliseconds wait) const {
  pollfd waiting{.fd = fd_, .events = events, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(wait.count())) > 0;
}

bool Http2Peer::Send(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    if (!AwaitReady(POLLOUT, deadline.Left())) return false;
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

bool Http2Peer::Greet(const Deadline& deadline) {
  return Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Http2Frame(kSettingsFrame, 0, 0, ""), deadline);
}

std::uint32_t Http2Peer::OpenCall(const std::string& path, const HeaderFields& more,
                                  const Deadline& deadline) {
  HeaderFields fields = {{":method", "POST"},
                         {":scheme", "http"},
                         {":path", path},
                         {":authority", "selfsame"},
                         {"content-type", "application/grpc"},
                         {"te", "trailers"}};
  fields.insert(fields.end(), more.begin(), more.end());
  const std::uint32_t stream = next_stream_;
  if (!Send(Http2Frame(kHeadersFrame, kEndHeaders, stream, HeaderBlock(fields)), deadline)) {
    return 0;
  }
  next_stream_ += 2;
  windows_[stream] = initial_window_;
  return stream;
}

std::size_t Http2Peer::WindowOf(std::uint32_t stream) const {
  const auto found = windows_.find(stream);
  if (found == windows_.end()) return 0;
  return static_cast<std::size_t>(
      std::max<std::int64_t>(0, std::min(found->second, connection_window_)));
}

bool Http2Peer::SendData(std::uint32_t stream, std::string_view data, const Deadline& deadline) {
  const auto size = static_cast<std::int64_t>(data.size());
  windows_[stream] -= size;
  connection_window_ -= size;
  return Send(Http2Frame(kDataFrame, 0, stream, data), deadline);
}

bool Http2Peer::TakeIn(std::chrono::milliseconds wait) {
  if (AwaitReady(POLLIN, wait)) {
    char bytes[kReadBytes];
    const ssize_t got = recv(fd_, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got <= 0) return false;
    incoming_.append(bytes, got);
  }
  std::string_view rest = incoming_;
  while (rest.size() >= kFrameHead) {
    const std::size_t size = NumberOf(rest.substr(0, 3));
    if (rest.size() < kFrameHead + size) break;
    TakeFrame(static_cast<std::uint8_t>(rest[3]), static_cast<std::uint8_t>(rest[4]),
              NumberOf(rest.substr(5, 4)), rest.substr(kFrameHead, size));
    rest.remove_prefix(kFrameHead + size);
  }
  incoming_.erase(0, incoming_.size() - rest.size());
  const std::string acknowledgements = std::exchange(outgoing_, {});
  return Send(acknowledgements, Deadline::After(std::chrono::seconds(1)));
}

void Http2Peer::TakeFrame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                          std::string_view payload) {
  const bool ends = type == kResetFrame ||
                    ((type == kHeadersFrame || type == kDataFrame) && (flags & kEndStream) != 0);
  if (ends) ended_ += windows_.erase(stream);
  if (type == kPingFrame && (flags & kAck) == 0) {
    outgoing_ += Http2Frame(kPingFrame, kAck, 0, payload);
  }
  if (type == kSettingsFrame && (flags & kAck) == 0) {
    TakeSettings(payload);
    outgoing_ += Http2Frame(kSettingsFrame, kAck, 0, "");
  }
  if (type == kWindowFrame) {
    const std::int64_t more = NumberOf(payload) & 0x7fffffff;
    const auto found = windows_.find(stream);
    if (stream == 0) connection_window_ += more;
    if (found != windows_.end()) found->second += more;
  }
}

void Http2Peer::TakeSettings(std::string_view payload) {
  for (; payload.size() >= 6; payload.remove_prefix(6)) {
    if (NumberOf(payload.substr(0, 2)) != kInitialWindowSize) continue;
    const std::int64_t window = NumberOf(payload.substr(2, 4));
    for (auto& [stream, left] : windows_) left += window - initial_window_;
    initial_window_ = window;
  }
}

}  // namespace selfsame::test
