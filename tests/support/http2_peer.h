// A peer that speaks HTTP/2 by hand and in the clear, so that a test can speak it badly. Knows just
// enough: it sends frames, answers SETTINGS and PING, and keeps to the windows it is given.
#ifndef SELFSAME_TESTS_SUPPORT_HTTP2_PEER_H_
#define SELFSAME_TESTS_SUPPORT_HTTP2_PEER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace selfsame::test {

// Hostile peers come from another address than well-behaved clients, as strangers do.
inline constexpr const char* kStranger = "127.0.0.2";

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

// Owned by one thread. Closed when it goes.
class Http2Peer {
 public:
  // Connects from an address of this machine; null where nobody accepts.
  static std::unique_ptr<Http2Peer> Connect(const std::string& address,
                                            const std::string& from = kStranger);
  ~Http2Peer();
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  // Bytes as they are. False once the other side has closed, or takes nothing until the deadline.
  bool Send(std::string_view bytes, const Deadline& deadline);
  // HTTP/2's preface and SETTINGS.
  bool Greet(const Deadline& deadline);
  // Opens the next stream with a gRPC call to `path`, and returns its number; 0 where it cannot.
  std::uint32_t OpenCall(const std::string& path, const HeaderFields& more,
                         const Deadline& deadline);
  // How many more bytes of DATA the stream may carry now.
  std::size_t WindowOf(std::uint32_t stream) const;
  // Requires: within WindowOf.
  bool SendData(std::uint32_t stream, std::string_view data, const Deadline& deadline);

  // Takes in what has arrived, waiting at most `wait` for the first of it. False once closed.
  bool TakeIn(std::chrono::milliseconds wait);
  // Streams that the other side has ended, by an answer or a reset.
  std::size_t ended() const { return ended_; }

 private:
  explicit Http2Peer(int fd) : fd_(fd) {}
  bool AwaitReady(short events, std::chrono::milliseconds wait) const;
  void TakeFrame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                 std::string_view payload);
  void TakeSettings(std::string_view payload);

  const int fd_;
  std::string incoming_;
  std::string outgoing_;  // Acknowledgements to be sent.
  std::uint32_t next_stream_ = 1;
  std::int64_t initial_window_ = 65'535;
  std::int64_t connection_window_ = 65'535;
  std::map<std::uint32_t, std::int64_t> windows_;  // Of open streams.
  std::size_t ended_ = 0;
};

// One frame.
std::string Http2Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                       std::string_view payload);
inline constexpr std::uint8_t kDataFrame = 0, kHeadersFrame = 1, kContinuationFrame = 9;
inline constexpr std::uint8_t kEndStream = 1, kEndHeaders = 4;

// HPACK without its tables: each field a literal.
std::string HeaderBlock(const HeaderFields& fields);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_HTTP2_PEER_H_
