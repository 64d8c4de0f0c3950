#include "tests/bench/copy_load.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <numeric>
#include <vector>

#include "base/mutex.h"
#include "storage/pg/bulk.h"
#include "tests/bench/workload.h"

namespace selfsame::bench {
namespace {

constexpr std::size_t kBatchRecords = 1'000;
constexpr TenantId kTenant{1};
constexpr std::int32_t kAnyId = 1;  // Of a shard, a source, a schema.

constexpr const char* kReceiptColumns =
    " (received_at, shard, tenant_id, source_id, outcome, record_id, fingerprint, key)";
constexpr std::int16_t kReceiptColumnCount = 8;
constexpr const char* kRecordColumns =
    " (event_time, received_at, shard, tenant_id, source_id, schema_id, kind, payload_format, "
    "anchor,"
    " record_id, key, payload, others, consent)";
constexpr std::int16_t kRecordColumnCount = 14;

// Sixteen bytes that only this number and salt have.
std::string Bytes16(std::uint64_t number, std::uint64_t salt) {
  const std::uint64_t halves[] = {Mix(number ^ salt), Mix(number + salt)};
  return std::string(reinterpret_cast<const char*>(halves), sizeof(halves));
}

std::string KeyOf(std::uint64_t number, TimeUs now) {
  std::string key(kKeyBytes, '\0');
  WriteKey(number, now, key.data());
  return key;
}

// The 8 bytes of a timestamp as COPY has them.
std::string TimeBytes(TimeUs time) {
  pg::FieldWriter writer;
  writer.Time(time);
  return writer.bytes().substr(4);
}

// A COPY of rows of one length, made once; for each batch their own values are written over.
class RowsTemplate {
 public:
  enum Field {
    kReceivedAt,
    kEventTime,
    kRecordId,
    kFingerprint,
    kKey,
    kAnchor,
    kOthers,
    kConstant,
    kFields
  };

  explicit RowsTemplate(std::int16_t columns) : rows_(columns), header_(rows_.bytes().size()) {}

  // The writer, with a note that the next field is this one. All rows are built alike.
  pg::CopyRows& At(Field field) {
    if (count_ == 1) marks_[field] = rows_.bytes().size() + 4;  // Behind its length.
    return rows_;
  }
  pg::CopyRows& Row() {
    ++count_;
    rows_.Row();
    return rows_;
  }
  void Write(std::size_t row, Field field, const std::string& value) {
    const std::size_t stride = (rows_.bytes().size() - header_) / count_;
    std::memcpy(rows_.bytes().data() + marks_[field] + row * stride, value.data(), value.size());
  }
  const pg::CopyRows& rows() const { return rows_; }

 private:
  pg::CopyRows rows_;
  const std::size_t header_;
  std::size_t count_ = 0;
  std::array<std::size_t, kFields> marks_{};
};

// What one transaction copies. Owned by its session's thread.
class CopyBatch {
 public:
  explicit CopyBatch(std::uint64_t seed) {
    for (std::size_t i = 0; i < kBatchRecords; ++i) {
      AddReceipt(i);
      AddRecord(i, PageViewedPayload(seed + i));
    }
  }

  // Gives the rows the numbers from `first` on, in the order of their keys, as the server does.
  void Stamp(std::uint64_t first, TimeUs now) {
    std::array<std::uint64_t, kBatchRecords> numbers;
    std::iota(numbers.begin(), numbers.end(), first);
    std::sort(numbers.begin(), numbers.end(),
              [](std::uint64_t a, std::uint64_t b) { return Mix(a) < Mix(b); });
    const std::string time = TimeBytes(now);
    for (std::size_t i = 0; i < kBatchRecords; ++i) StampOne(i, numbers[i], now, time);
  }

  const pg::CopyRows& receipts() const { return receipts_.rows(); }
  const pg::CopyRows& records() const { return records_.rows(); }

 private:
  using Field = RowsTemplate::Field;
  static constexpr std::uint64_t kRecordSalt = 1, kBodySalt = 2, kAnchorSalt = 3, kOtherSalt = 4;

  void AddReceipt(std::uint64_t number) {
    receipts_.Row();
    receipts_.At(Field::kReceivedAt).Time(TimeUs());
    for (int id = 0; id < 3; ++id) receipts_.At(Field::kConstant).Int(kAnyId);
    receipts_.At(Field::kConstant).SmallInt(1);
    receipts_.At(Field::kRecordId).Bytes(Bytes16(number, kRecordSalt));
    receipts_.At(Field::kFingerprint).Bytes(Bytes16(number, kBodySalt));
    receipts_.At(Field::kKey).Bytes(KeyOf(number, TimeUs()));
  }

  void AddRecord(std::uint64_t number, const std::string& payload) {
    records_.Row();
    records_.At(Field::kEventTime).Time(TimeUs());
    records_.At(Field::kReceivedAt).Time(TimeUs());
    for (int id = 0; id < 4; ++id) records_.At(Field::kConstant).Int(kAnyId);
    for (int code = 0; code < 2; ++code) records_.At(Field::kConstant).SmallInt(1);
    records_.At(Field::kAnchor).Bytes(Bytes16(number, kAnchorSalt));
    records_.At(Field::kRecordId).Bytes(Bytes16(number, kRecordSalt));
    records_.At(Field::kKey).Bytes(KeyOf(number, TimeUs()));
    records_.At(Field::kConstant).Bytes(payload);
    records_.At(Field::kOthers).Bytes(Bytes16(number, kOtherSalt));
    records_.At(Field::kConstant).Null();  // No consent was sent.
  }

  void StampOne(std::size_t row, std::uint64_t number, TimeUs now, const std::string& time) {
    const std::string key = KeyOf(number, now);
    const std::string record_id = Bytes16(number, kRecordSalt);
    const std::uint64_t person = PersonOf(kKnownPeople, number);
    receipts_.Write(row, Field::kReceivedAt, time);
    receipts_.Write(row, Field::kRecordId, record_id);
    receipts_.Write(row, Field::kFingerprint, Bytes16(number, kBodySalt));
    receipts_.Write(row, Field::kKey, key);
    records_.Write(row, Field::kEventTime, time);
    records_.Write(row, Field::kReceivedAt, time);
    records_.Write(row, Field::kAnchor, Bytes16(person, kAnchorSalt));
    records_.Write(row, Field::kRecordId, record_id);
    records_.Write(row, Field::kKey, key);
    records_.Write(row, Field::kOthers, Bytes16(person, kOtherSalt));
  }

  RowsTemplate receipts_{kReceiptColumnCount};
  RowsTemplate records_{kRecordColumnCount};
};

// What the sessions of one slice share.
struct Shared {
  const CopyOptions& options;
  std::atomic<std::uint64_t> next_number;
  Mutex mutex;
  Meter meter SELFSAME_GUARDED_BY(mutex);
};

Status CommitOne(pg::BulkConnection& connection, const CopyOptions& options,
                 const CopyBatch& batch) {
  SELFSAME_RETURN_IF_ERROR(connection.Begin(kTenant));
  SELFSAME_RETURN_IF_ERROR(
      connection.Copy(options.receipts_table + kReceiptColumns, batch.receipts()));
  SELFSAME_RETURN_IF_ERROR(
      connection.Copy(options.records_table + kRecordColumns, batch.records()));
  return connection.Commit();
}

Status RunSession(Shared& shared, pg::BulkConnection& connection, CopyBatch& batch) {
  for (;;) {
    batch.Stamp(shared.next_number.fetch_add(kBatchRecords), Now());
    const Clock::time_point started = Clock::now();
    SELFSAME_RETURN_IF_ERROR(CommitOne(connection, shared.options, batch));
    MutexLock lock(shared.mutex);
    shared.meter.Done(kBatchRecords, Clock::now() - started);
    if (shared.meter.IsOver()) return {};
  }
}

}  // namespace

Result<Slice> RunCopy(const CopyOptions& options) {
  std::vector<std::unique_ptr<pg::BulkConnection>> connections;
  std::vector<std::unique_ptr<CopyBatch>> batches;
  for (int i = 0; i < options.sessions; ++i) {
    SELFSAME_ASSIGN_OR_RETURN(
        auto connection,
        pg::BulkConnection::Connect({.connection_string = options.connection_string}));
    connections.push_back(std::move(connection));
    batches.push_back(std::make_unique<CopyBatch>(options.seed + i * kBatchRecords));
  }
  Shared shared{.options = options,
                .next_number = options.first_number,
                .mutex = {},
                .meter = Meter(options.watched, SecondsDouble(options.run_in_seconds),
                               SecondsDouble(options.seconds))};
  std::vector<std::future<Status>> sessions;
  for (int i = 0; i < options.sessions; ++i) {
    sessions.push_back(std::async(std::launch::async, [&shared, &connections, &batches, i] {
      return RunSession(shared, *connections[i], *batches[i]);
    }));
  }
  Status ended;
  for (auto& session : sessions) {
    if (Status status = session.get(); !status.ok()) ended = std::move(status);
  }
  SELFSAME_RETURN_IF_ERROR(ended);
  return shared.meter.TakeSlice();
}

}  // namespace selfsame::bench
