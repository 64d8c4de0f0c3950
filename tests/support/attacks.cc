#include "tests/support/attacks.h"

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/check.h"

namespace selfsame::test {
namespace {

constexpr std::size_t kDataBytes = 16 * 1024;
constexpr std::chrono::seconds kStill{1};  // Nothing moved for this long: nothing will.

std::string MessageHead(bool is_compressed, std::size_t size) {
  std::string head(1, is_compressed ? 1 : 0);
  for (int shift = 24; shift >= 0; shift -= 8) head.push_back(static_cast<char>(size >> shift));
  return head;
}

HeaderFields KeyField(const std::string& api_key) {
  if (api_key.empty()) return {};
  return {{"authorization", "Bearer " + api_key}};
}

// One connection of the attack by unfinished calls.
struct Sender {
  struct Call {
    std::uint32_t stream = 0;
    std::size_t left = 0;
  };
  std::unique_ptr<Http2Peer> peer;
  std::vector<Call> calls;
};

// Sends what the windows allow; the number of bytes.
std::size_t SendSome(Sender& sender, const Deadline& deadline) {
  static const std::string data(kDataBytes, 'x');
  std::size_t sent = 0;
  for (Sender::Call& call : sender.calls) {
    const std::size_t size = std::min({sender.peer->WindowOf(call.stream), call.left, data.size()});
    if (size == 0) continue;
    if (!sender.peer->SendData(call.stream, std::string_view(data).substr(0, size), deadline)) {
      return 0;
    }
    call.left -= size;
    sent += size;
  }
  return sent;
}

Sender OpenCalls(const std::string& address, const UnfinishedCalls& attack,
                 const Deadline& deadline, AttackReport* report) {
  Sender sender{.peer = Http2Peer::Connect(address)};
  if (sender.peer == nullptr || !sender.peer->Greet(deadline)) return {};
  ++report->connections;
  sender.peer->TakeIn(kStill);  // Their settings.
  for (int i = 0; i < attack.calls; ++i) {
    const std::uint32_t stream =
        sender.peer->OpenCall(attack.path, KeyField(attack.api_key), deadline);
    if (stream == 0) break;
    ++report->calls;
    const std::string head = MessageHead(false, attack.bytes);
    if (!sender.peer->SendData(stream, head, deadline)) break;
    sender.calls.push_back({.stream = stream, .left = attack.bytes - 1});
  }
  return sender;
}

// A gzip stream of zeros: one part that was flushed in full, over and over.
std::string CompressedZeros(std::size_t unpacked) {
  constexpr std::size_t kPart = 16 * 1024 * 1024;
  const std::string zeros(kPart, '\0');
  std::string packed(kPart, '\0');
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  SELFSAME_CHECK(
      deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  const auto deflate_part = [&] {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
    stream.avail_in = kPart;
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = kPart;
    SELFSAME_CHECK(deflate(&stream, Z_FULL_FLUSH) == Z_OK);
    return packed.substr(0, kPart - stream.avail_out);
  };
  std::string all = deflate_part();
  const std::string next = deflate_part();
  deflateEnd(&stream);
  for (std::size_t done = kPart; done < unpacked; done += kPart) all += next;
  return all;
}

std::size_t StatusBytes(pid_t pid, std::string_view name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name)) continue;
    std::istringstream value(line.substr(name.size()));
    std::size_t kibibytes = 0;
    value >> kibibytes;
    return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

AttackReport SendUnfinishedCalls(const std::string& address, const UnfinishedCalls& attack,
                                 const Deadline& deadline) {
  AttackReport report;
  std::vector<Sender> senders;
  for (int i = 0; i < attack.connections; ++i) {
    Sender sender = OpenCalls(address, attack, deadline, &report);
    if (sender.peer != nullptr) senders.push_back(std::move(sender));
  }
  std::size_t ended = 0;
  Deadline still = Deadline::After(kStill);
  while (!senders.empty() && !deadline.Expired() && !still.Expired()) {
    for (auto sender = senders.begin(); sender != senders.end();) {
      const std::size_t sent = SendSome(*sender, deadline);
      const bool is_open = sender->peer->TakeIn(std::chrono::milliseconds(sent > 0 ? 0 : 20));
      report.sent += sent;
      if (sent > 0) still = Deadline::After(kStill);
      if (is_open) {
        ++sender;
        continue;
      }
      ++report.cut;
      ended += sender->peer->ended();
      sender = senders.erase(sender);
    }
  }
  for (const Sender& sender : senders) ended += sender.peer->ended();
  report.ended = ended;
  return report;
}

AttackReport SendEndlessHeaders(const std::string& address, std::size_t bytes_max,
                                const Deadline& deadline) {
  AttackReport report;
  const auto peer = Http2Peer::Connect(address);
  if (peer == nullptr || !peer->Greet(deadline)) return report;
  report.connections = 1;
  const std::string head = HeaderBlock({{":method", "POST"},
                                        {":scheme", "http"},
                                        {":path", UnfinishedCalls().path},
                                        {":authority", "selfsame"}});
  HeaderFields tiny;
  while (tiny.size() < kDataBytes / 8) tiny.emplace_back("a", "b");
  const std::string block = HeaderBlock(tiny);
  bool is_open = peer->Send(Http2Frame(kHeadersFrame, 0, 1, head), deadline);
  while (is_open && report.sent < bytes_max && !deadline.Expired()) {
    is_open = peer->Send(Http2Frame(kContinuationFrame, 0, 1, block), deadline) &&
              peer->TakeIn(std::chrono::milliseconds(0));
    report.sent += block.size();
  }
  report.cut = is_open ? 0 : 1;
  return report;
}

AttackReport SendCompressedBomb(const std::string& address, const std::string& api_key,
                                std::size_t unpacked, const Deadline& deadline) {
  AttackReport report;
  const auto peer = Http2Peer::Connect(address);
  if (peer == nullptr || !peer->Greet(deadline)) return report;
  report.connections = 1;
  peer->TakeIn(kStill);
  HeaderFields fields = KeyField(api_key);
  fields.emplace_back("grpc-encoding", "gzip");
  const std::uint32_t stream = peer->OpenCall(UnfinishedCalls().path, fields, deadline);
  const std::string packed = CompressedZeros(unpacked);
  const std::string message = MessageHead(true, packed.size()) + packed;
  report.calls = 1;
  bool is_open = stream != 0;
  while (is_open && peer->ended() == 0 && !deadline.Expired()) {
    const std::size_t size =
        std::min({peer->WindowOf(stream), message.size() - report.sent, kDataBytes});
    const std::string_view part = std::string_view(message).substr(report.sent, size);
    is_open = size == 0 || peer->SendData(stream, part, deadline);
    report.sent += size;
    is_open = is_open && peer->TakeIn(std::chrono::milliseconds(size > 0 ? 0 : 20));
  }
  report.ended = peer->ended();
  report.cut = is_open ? 0 : 1;
  return report;
}

std::vector<std::unique_ptr<Http2Peer>> HoldIdleConnections(const std::string& address,
                                                            std::size_t count) {
  std::vector<std::unique_ptr<Http2Peer>> held;
  for (std::size_t i = 0; i < count; ++i) {
    auto peer = Http2Peer::Connect(address);
    if (peer != nullptr) held.push_back(std::move(peer));
  }
  return held;
}

AttackReport SendDrips(const std::string& address, std::size_t connections,
                       const Deadline& deadline) {
  AttackReport report;
  auto peers = HoldIdleConnections(address, connections);
  report.connections = peers.size();
  for (const auto& peer : peers) peer->Greet(deadline);
  const std::string frame =
      Http2Frame(kHeadersFrame, kEndHeaders, 1, HeaderBlock({{":method", "POST"}, {"a", "b"}}));
  for (const char byte : frame) {
    std::this_thread::sleep_for(std::min(std::chrono::milliseconds(200), deadline.Left()));
    std::erase_if(peers, [&](const auto& peer) {
      const bool is_open = peer->Send(std::string_view(&byte, 1), deadline) &&
                           peer->TakeIn(std::chrono::milliseconds(0));
      report.sent += 1;
      report.cut += is_open ? 0 : 1;
      return !is_open;
    });
    if (peers.empty() || deadline.Expired()) break;
  }
  return report;
}

std::size_t PeakBytesOf(pid_t pid) { return StatusBytes(pid, "VmHWM:"); }
std::size_t ResidentBytesOf(pid_t pid) { return StatusBytes(pid, "VmRSS:"); }
void ForgetPeak(pid_t pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5"; }

}  // namespace selfsame::test
