#include "server/edge/message_reads.h"

#include <algorithm>

namespace selfsame::edge {
namespace {

Error Busy() {
  return {.code = ErrorCode::kResourceExhausted,
          .reason = "CALLS_BUSY",
          .message = "too many calls are waiting to be read: send it again later",
          .retry_after = std::chrono::seconds(1)};
}

Error TooSlow() {
  return {.code = ErrorCode::kDeadlineExceeded,
          .reason = "REQUEST_TOO_SLOW",
          .message = "the request did not arrive in time: send it again, or send less at a time"};
}

}  // namespace

MessageReads::Entries::iterator MessageReads::Find(Entries& entries, const MessageReader* call) {
  return std::find_if(entries.begin(), entries.end(),
                      [call](const Entry& entry) { return entry.call == call; });
}

bool MessageReads::HasPlace(TenantId tenant) {
  if (reading_.size() >= options_.reads_max) return false;
  const auto found = reading_of_.find(tenant);
  return found == reading_of_.end() || found->second < options_.reads_per_tenant_max;
}

void MessageReads::Leave(Entries::iterator reading) {
  const auto found = reading_of_.find(reading->tenant);
  if (--found->second == 0) reading_of_.erase(found);
  reading_.erase(reading);
}

std::vector<MessageReader*> MessageReads::Admit() {
  std::vector<MessageReader*> admitted;
  for (auto next = waiting_.begin();
       next != waiting_.end() && reading_.size() < options_.reads_max;) {
    const auto entry = next++;
    if (!HasPlace(entry->tenant)) continue;
    ++reading_of_[entry->tenant];
    entry->since = Clock::now();
    admitted.push_back(entry->call);
    reading_.splice(reading_.end(), waiting_, entry);
  }
  return admitted;
}

Status MessageReads::Begin(MessageReader* call, TenantId tenant) {
  {
    MutexLock lock(mutex_);
    const bool may_read = HasPlace(tenant);
    if (!may_read && waiting_.size() >= options_.waiting_max) return Busy();
    Entries& entries = may_read ? reading_ : waiting_;
    entries.push_back({.call = call, .tenant = tenant, .since = Clock::now()});
    if (!may_read) return {};
    ++reading_of_[tenant];
  }
  call->Read();
  return {};
}

bool MessageReads::End(MessageReader* call) {
  std::vector<MessageReader*> admitted;
  {
    MutexLock lock(mutex_);
    const auto entry = Find(reading_, call);
    if (entry == reading_.end()) return false;
    Leave(entry);
    if (!waiting_.empty()) admitted = Admit();
  }
  for (MessageReader* next : admitted) next->Read();
  return true;
}

bool MessageReads::Withdraw(MessageReader* call) {
  MutexLock lock(mutex_);
  const auto entry = Find(waiting_, call);
  if (entry == waiting_.end()) return false;
  waiting_.erase(entry);
  return true;
}

void MessageReads::RefuseSlow() {
  std::vector<MessageReader*> refused;
  std::vector<MessageReader*> admitted;
  {
    MutexLock lock(mutex_);
    const Clock::time_point before = Clock::now() - options_.read_wait;
    while (!reading_.empty() && reading_.front().since < before) {
      refused.push_back(reading_.front().call);
      Leave(reading_.begin());
    }
    admitted = Admit();
  }
  for (MessageReader* call : refused) call->Refuse(TooSlow());
  for (MessageReader* call : admitted) call->Read();
}

}  // namespace selfsame::edge
