// Bounds what calls may hold in memory while their messages are still arriving. gRPC buffers a
// message until it is complete, so each of these may hold one of the largest size.
#ifndef SELFSAME_SERVER_EDGE_MESSAGE_READS_H_
#define SELFSAME_SERVER_EDGE_MESSAGE_READS_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "base/result.h"

namespace selfsame::edge {

// A call as its message arrives. What it does it does soon, and never under a lock of MessageReads.
class MessageReader {
 public:
  virtual ~MessageReader() = default;
  virtual void Read() = 0;
  virtual void Refuse(const Error& error) = 0;
};

struct MessageReadsOptions {
  std::size_t reads_max = 64;                   // Messages arriving at a time.
  std::size_t reads_per_tenant_max = 32;        // So that no tenant takes all the places.
  std::size_t waiting_max = 10'000;             // Calls waiting for a place; they hold no message.
  std::chrono::milliseconds read_wait{30'000};  // For one message to arrive.
};

// Thread-safe. Tells calls to read, and takes back the place of those that are too slow. Each call
// is in here from Begin until exactly one of End, Withdraw and RefuseSlow takes it out: that one
// finishes it.
class MessageReads {
 public:
  explicit MessageReads(MessageReadsOptions options = {}) : options_(options) {}

  // Lets the call read now or when there is a place (MessageReader::Read). Errors:
  // kResourceExhausted CALLS_BUSY with retry_after, when too many wait; then the call is not in
  // here.
  Status Begin(MessageReader* call, TenantId tenant);
  // The call has its message, or will get none. False when it was refused meanwhile.
  bool End(MessageReader* call);
  // The call is over before it had a place. False when it has or had one.
  bool Withdraw(MessageReader* call);
  // Refuses the calls whose messages have been arriving for too long.
  void RefuseSlow();

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    MessageReader* call = nullptr;
    TenantId tenant;
    Clock::time_point since;  // Of reading: when it began.
  };
  using Entries = std::list<Entry>;

  static Entries::iterator Find(Entries& entries, const MessageReader* call);
  bool HasPlace(TenantId tenant) SELFSAME_REQUIRES(mutex_);
  void Leave(Entries::iterator reading) SELFSAME_REQUIRES(mutex_);
  // Gives free places to those who wait. The caller lets them read once the mutex is free: nobody
  // else finishes a call that has a place, so they live until then.
  std::vector<MessageReader*> Admit() SELFSAME_REQUIRES(mutex_);

  const MessageReadsOptions options_;
  Mutex mutex_;
  Entries reading_ SELFSAME_GUARDED_BY(mutex_);  // Oldest first.
  Entries waiting_ SELFSAME_GUARDED_BY(mutex_);  // Oldest first.
  std::map<TenantId, std::size_t> reading_of_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_MESSAGE_READS_H_
