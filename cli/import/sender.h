// Getting every request of an import answered: a window of requests over one stream at a time,
// sent again when the server is busy, the stream breaks or the server goes away. That is safe
// because a record's key makes a second arrival a DUPLICATE.
#ifndef SELFSAME_CLI_IMPORT_SENDER_H_
#define SELFSAME_CLI_IMPORT_SENDER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "cli/record_stream.h"
#include "selfsame/ingest/v1/ingest.pb.h"

namespace selfsame::cli {

struct SenderOptions {
  std::size_t in_flight_max = 4;
  // How long nothing may be answered, while something waits for it, before we give up.
  std::chrono::milliseconds give_up_after{60'000};
  // How often one request may be refused for now before we give up.
  int refusals_max = 200;
  // Wait before a stream is opened again: from the first to the most, doubling.
  std::chrono::milliseconds reopen_wait_min{100};
  std::chrono::milliseconds reopen_wait_max{2'000};
};

struct SenderHooks {
  std::function<std::unique_ptr<RecordStream>()> open_stream;
  // A request and its outcomes, as many as its records; once a request.
  std::function<void(const ingest::v1::StreamRequest&, const ingest::v1::StreamResponse&)>
      on_answer;
  // Something worth telling: a stream broke, or is open again.
  std::function<void(const std::string& what)> on_trouble;
  // Asked a few times a second while waiting; true ends Send and Finish. With a wait, it may take
  // that long to answer.
  std::function<bool(std::chrono::milliseconds wait)> interrupted;
};

// Owned by one thread. Hooks are called on it.
//
// Errors of all three functions: kUnavailable GAVE_UP, with what was seen last; what the server
// says when a retry would not help; kInternal RESPONSE_BROKEN when it breaks the contract. After
// an error only `unanswered` is of use.
class Sender {
 public:
  Sender(SenderOptions options, SenderHooks hooks);

  // Sends a request, first waiting for room in the window. Its sequence is set here.
  // Errors: also kAborted INTERRUPTED; the request was not sent.
  Status Send(ingest::v1::StreamRequest request);
  // Waits until everything is answered. Errors: also kAborted INTERRUPTED.
  Status Finish();
  // The same, but stops at the deadline or when the stream breaks, and heeds no interruptions.
  Status FinishBy(Deadline deadline);

  std::size_t unanswered() const { return pending_.size(); }

 private:
  using Clock = std::chrono::steady_clock;

  struct Pending {
    std::shared_ptr<const ingest::v1::StreamRequest> request;
    int refusals = 0;
    std::optional<Clock::time_point> resend_at;  // Set while refused for now.
  };

  // Waits a moment for one thing to happen and deals with it.
  Status Step();
  Status CheckPatience();
  // True when a stream is open.
  bool EnsureStream();
  void ResendDue();
  Status HandleResponse(const ingest::v1::StreamResponse& response);
  Status HandleRefusal(Pending& pending, const ingest::v1::StreamResponse& response);
  Status HandleEnd();

  const SenderOptions options_;
  const SenderHooks hooks_;
  std::map<std::uint64_t, Pending> pending_;  // By sequence.
  std::uint64_t last_sequence_ = 0;
  std::unique_ptr<RecordStream> stream_;
  bool broken_before_ = false;  // The stream is not the first, and nothing was answered on it yet.
  Clock::time_point reopen_at_ = Clock::now();
  std::chrono::milliseconds reopen_wait_;
  Clock::time_point progress_at_ = Clock::now();
  Error last_trouble_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_SENDER_H_
