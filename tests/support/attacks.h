// What hostile callers do to a port that they reach, each bounded in count and in time. An attack
// gives up when the other side cuts it off: then it has failed, as it should.
#ifndef SELFSAME_TESTS_SUPPORT_ATTACKS_H_
#define SELFSAME_TESTS_SUPPORT_ATTACKS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "tests/support/http2_peer.h"

namespace selfsame::test {

struct AttackReport {
  std::size_t sent = 0;         // Bytes.
  std::size_t connections = 0;  // That were accepted.
  std::size_t calls = 0;        // That were opened.
  std::size_t ended = 0;        // Of the calls, by the other side.
  std::size_t cut = 0;          // Of the connections, by the other side.
};

struct UnfinishedCalls {
  int connections = 4;
  int calls = 50;                       // On each connection.
  std::size_t bytes = 8 * 1024 * 1024;  // Of each call's message; the last one is not sent.
  std::string api_key;                  // Empty: none.
  std::string path = "/selfsame.ingest.v1.IngestService/TrackEvents";
};
// Sends as much of each message as the other side takes, until nothing moves for a second or the
// deadline, and leaves all calls open; then hangs up.
AttackReport SendUnfinishedCalls(const std::string& address, const UnfinishedCalls& attack,
                                 const Deadline& deadline);

// One call whose headers never end: CONTINUATION frames full of tiny fields.
AttackReport SendEndlessHeaders(const std::string& address, std::size_t bytes_max,
                                const Deadline& deadline);

// One call with a message of about a megabyte that unpacks to `unpacked` bytes.
AttackReport SendCompressedBomb(const std::string& address, const std::string& api_key,
                                std::size_t unpacked, const Deadline& deadline);

// Connections that say nothing, as many of `count` as are accepted.
std::vector<std::unique_ptr<Http2Peer>> HoldIdleConnections(const std::string& address,
                                                            std::size_t count);

// Connections that send a request's headers byte by byte, until the deadline.
AttackReport SendDrips(const std::string& address, std::size_t connections,
                       const Deadline& deadline);

// The largest resident size, in bytes, that a process has had since ForgetPeak.
std::size_t PeakBytesOf(pid_t pid);
std::size_t ResidentBytesOf(pid_t pid);
void ForgetPeak(pid_t pid);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_ATTACKS_H_
